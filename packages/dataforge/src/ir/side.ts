import { mentionsColumn, quoteIfNeeded } from './names.ts';
import type { ColumnModel, ForeignKeyModel, Model, Presence, TableModel } from './types.ts';

type Side = Exclude<Presence, 'both'>;

const isOn = (side: Side, presence: Presence): boolean => presence === 'both' || presence === side;

/**
 * The model as one side has it: its tables and columns. Constraints, indices and relations that name something hidden
 * go with it. On clients, foreign keys stay only where the referenced row is sure to be there (SEMANTICS 6.4): in the
 * same scope or the global one, and readable by everyone who reads the referencing row.
 */
export function sideOf(model: Model, side: Side): Model {
  const visible = model.tables.filter((table) => isOn(side, table.side));
  const tables = visible.map((table) => tableOn(side, table, visible));
  const columns = tables.flatMap((table) => table.columns);
  const base = (type: string) => type.replace(/\[\]$/, '').replaceAll('"', '');
  const used = new Set(columns.map(({ type }) => base(type)));
  for (const { name, type } of model.domains.toReversed()) if (used.has(name)) used.add(base(type));
  const domains = model.domains.filter(({ name }) => used.has(name));
  return {
    ...model,
    tables,
    enums: model.enums.filter(({ name }) => columns.some((column) => column.enum === name)),
    domains,
    extensions: model.extensions.filter((extension) => needs(extension, tables, domains)),
    scripts: model.scripts.filter((script) => isOn(side, script.side)),
  };
}

/** Whether tables use what an extension brings: its type, or, for `btree_gist`, exclusions. */
const needs = (extension: string, tables: readonly TableModel[], domains: Model['domains']): boolean =>
  extension === 'btree_gist'
    ? tables.some(({ exclusions }) => exclusions.length > 0)
    : [...tables.flatMap(({ columns }) => columns), ...domains].some(
        ({ type }) => type.replace('[]', '') === extension,
      );

function tableOn(side: Side, table: TableModel, visible: readonly TableModel[]): TableModel {
  const columns = table.columns.filter((column) => isOn(side, column.side));
  const known = new Set(columns.map(({ name }) => name));
  const hidden = table.columns.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  const isShown = (names: readonly string[]) => names.every((name) => known.has(name));
  const isFree = (sql: string) => !hidden.some((name) => mentionsColumn(sql, name));
  const tables = new Set(visible.map(({ name }) => name));
  return {
    ...table,
    columns: columns.map((column) =>
      column.backfill === null || isFree(column.backfill) ? column : { ...column, backfill: null },
    ),
    foreignKeys: table.foreignKeys.filter(
      (key) =>
        isShown(key.columns) && tables.has(key.table) && (side === 'server' || isSurelyThere(table, key, visible)),
    ),
    uniques: table.uniques.filter((unique) => isShown(unique.columns)),
    checks: table.checks.filter(({ expression }) => isFree(expression)),
    exclusions: table.exclusions.filter(({ expression }) => isFree(expression)),
    indices: table.indices.filter((index) => isShown(index.columns)),
    relations: table.relations.filter(
      (relation) =>
        isShown(relation.columns) &&
        tables.has(relation.table) &&
        (relation.through === null || tables.has(relation.through)),
    ),
    variants: table.variants.map((variant) => ({
      ...variant,
      columns: variant.columns.filter((name) => known.has(name)),
    })),
  };
}

function isSurelyThere(table: TableModel, key: ForeignKeyModel, tables: readonly TableModel[]): boolean {
  const parent = tables.find(({ name }) => name === key.table);
  if (!parent) return false;
  // Other unique constraints are deferrable here, and no foreign key may lean on such.
  if (!parent.key.every((column) => key.referenced.includes(column))) return false;
  if (table.side === 'client') return parent.side === 'client';
  if (!parent.scope || !table.scope) return false;
  if (parent.scope.name === 'global') return true;
  const isSameScope =
    parent.scope.name === table.scope.name &&
    key.columns.includes(table.scope.column ?? '') &&
    key.referenced.includes(parent.scope.column ?? '');
  return isSameScope && table.access.read.every((role) => parent.access.read.includes(role));
}

/** The same model with the type under each domain, for who is about values: they are its own. */
export function withoutDomains(model: Model): Model {
  const under = new Map(model.domains.map(({ name, type }) => [quoteIfNeeded(name), type]));
  const typeOf = (type: string): string => {
    const base = type.replace(/\[\]$/, '');
    const below = under.get(base);
    return below === undefined ? type : typeOf(below) + type.slice(base.length);
  };
  const tables = model.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, type: typeOf(column.type) })),
  }));
  return { ...model, tables };
}

/** Whether rows of a table travel. */
export const isSynced = (table: TableModel): boolean => table.side === 'both' && table.scope !== null;

/** Whether clients may write a table at all. */
export const isClientWritable = (table: TableModel): boolean => isSynced(table) && table.access.write.length > 0;

/** Whether a column's values travel: a generated one is computed on each side, a local one is nobody else's. */
export const isColumnSynced = ({ side, generated }: ColumnModel): boolean => side === 'both' && generated === null;
