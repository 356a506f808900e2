import type { ForeignKeyModel, Model, TableModel } from './types.ts';

/**
 * The model as clients know it: synchronised tables with their visible columns. Constraints and indices that name
 * something hidden go with it, and foreign keys stay only where the referenced row is sure to be there (SEMANTICS 6.4):
 * in the same scope, and readable by everyone who reads the referencing row.
 */
export function clientModel(model: Model): Model {
  const visible = model.tables.filter(({ scope, category }) => scope !== null && category === 'domain');
  return { ...model, tables: visible.map((table) => clientTable(table, visible)) };
}

function clientTable(table: TableModel, tables: readonly TableModel[]): TableModel {
  const columns = table.columns.filter(({ serverOnly }) => !serverOnly);
  const known = new Set(columns.map(({ name }) => name));
  const hidden = table.columns.filter(({ serverOnly }) => serverOnly).map(({ name }) => name);
  const shown = (names: readonly string[]) => names.every((name) => known.has(name));
  const mentionsHidden = (sql: string) => hidden.some((name) => new RegExp(`\\b${name}\\b`).test(sql));
  return {
    ...table,
    columns,
    foreignKeys: table.foreignKeys.filter((key) => shown(key.columns) && surelyThere(table, key, tables)),
    uniques: table.uniques.filter((unique) => shown(unique.columns)),
    checks: table.checks.filter(({ expression }) => !mentionsHidden(expression)),
    indices: table.indices.filter((index) => shown(index.columns) && !(index.where && mentionsHidden(index.where))),
  };
}

function surelyThere(table: TableModel, key: ForeignKeyModel, tables: readonly TableModel[]): boolean {
  const parent = tables.find(({ name }) => name === key.table);
  if (!parent?.scope || !table.scope) return false;
  const sameScope =
    parent.scope.name === table.scope.name &&
    key.columns.includes(table.scope.column) &&
    key.referenced.includes(parent.scope.column);
  return sameScope && table.access.read.every((role) => parent.access.read.includes(role));
}
