import { ForgeError } from '../errors.ts';
import { objectName, quote } from './names.ts';
import type { Draft } from './read-table.ts';
import type { ColumnModel, ForeignKeyModel } from './types.ts';

/** What stands in a scope column that leads nowhere: nobody holds such a scope (SEMANTICS 7.2). */
const NOWHERE: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-0000-0000-000000000000',
  text: 'none',
  'character varying': 'none',
};

/**
 * Adds the scope column and the composite key that holds it to the parent's, whatever happens concurrently.
 *
 * @returns what stands in the column of a row without a parent; null where every row has one
 */
export function denormalise(
  table: Draft,
  parent: Draft,
  key: ForeignKeyModel,
  parentColumn: string,
  scopeColumn: string,
): string | null {
  const type = parent.columns.find(({ name }) => name === parentColumn)?.type ?? 'uuid';
  const optional = table.columns.some(({ name, nullable }) => nullable && key.columns.includes(name));
  const nowhere = optional ? nowhereOf(table, scopeColumn, type) : null;
  const own = table.columns.find(({ name }) => name === scopeColumn);
  if (!own)
    table.columns = [
      ...table.columns,
      { ...scopeColumnModel(table, parent, key, parentColumn, type, nowhere), name: scopeColumn },
    ];
  else
    table.columns = table.columns.map((column) =>
      column === own ? { ...own, readOnly: true, role: 'scope' } : column,
    );
  if (nowhere !== null) {
    const joins = key.columns.map((column) => `${quote(column)} is null`).join(' or ');
    const expression = `(${joins}) = (${quote(scopeColumn)} = '${nowhere}')`;
    table.checks = [...table.checks, { name: objectName('ck', table.name, 'scope'), expression }];
  }
  const composite: ForeignKeyModel = {
    ...key,
    name: objectName('fk', table.name, ...key.columns, scopeColumn),
    columns: [...key.columns, scopeColumn],
    referenced: [...key.referenced, parentColumn],
    // The scope column keeps its value where the row stays and only its parent goes (Postgres 15 and later).
    onDelete: key.onDelete === 'SET NULL' ? `SET NULL (${key.columns.map(quote).join(', ')})` : key.onDelete,
    onUpdate: 'CASCADE',
  };
  table.foreignKeys = table.foreignKeys.map((one) => (one === key ? composite : one));
  const columns = [...key.referenced, parentColumn];
  const unique = { name: objectName('uq', parent.name, ...columns), columns, deferrable: false };
  if (!parent.uniques.some(({ name }) => name === unique.name)) parent.uniques = [...parent.uniques, unique];
  return nowhere;
}

function nowhereOf({ entity }: Draft, column: string, type: string): string {
  const value = NOWHERE[type];
  if (value !== undefined) return value;
  throw new ForgeError(
    'scope_optional',
    `${entity} may be without a parent, but a scope of type ${type} (${column}) has no value that says so.`,
    'Make the relation required, or use uuid or text keys.',
  );
}

function scopeColumnModel(
  table: Draft,
  parent: Draft,
  key: ForeignKeyModel,
  scopeColumn: string,
  type: string,
  nowhere: string | null,
): ColumnModel {
  const matches = key.columns.map(
    (column, i) => `p.${quote(key.referenced[i] ?? '')} = ${quote(table.name)}.${quote(column)}`,
  );
  const found = `(select p.${quote(scopeColumn)} from ${quote(parent.name)} p where ${matches.join(' and ')})`;
  return {
    name: scopeColumn,
    type,
    enum: null,
    nullable: false,
    default: null,
    generated: null,
    identity: null,
    collation: null,
    side: 'both',
    readOnly: true,
    role: 'scope',
    description: null,
    renamedFrom: null,
    // Rows that are there have their parent already.
    backfill: nowhere === null ? found : `coalesce(${found}, '${nowhere}')`,
  };
}
