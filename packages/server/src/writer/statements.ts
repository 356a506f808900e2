import { winningColumns } from '@vibestack/sync-core';
import { keyRow, rowKey, type Hlc, type PgText, type Row, type SyncTable } from '@vibestack/sync-types';
import type { Sql } from '../database/pool.ts';
import { keyOf, type Target } from './apply.ts';
import { clockColumns } from './clocks.ts';
import { Rejected } from './rejection.ts';

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Parameters travel as text and are cast to the column's type: nothing is converted on the way. */
class Params {
  readonly values: PgText[] = [];

  add(value: PgText, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::text::${type}`;
  }
}

const typeOf = (table: SyncTable, column: string): string =>
  table.columns.find(({ name }) => name === column)?.type ?? 'text';

const matchKey = (table: SyncTable, key: Row, params: Params): string =>
  table.key
    .map((column) => `${quoteName(column)} = ${params.add(key[column] ?? null, typeOf(table, column))}`)
    .join(' and ');

const visibleColumns = (table: SyncTable): string =>
  table.columns.map(({ name }) => `${quoteName(name)}::text as ${quoteName(name)}`).join(', ');

/** Locks rows in the order of `keys` and returns those that exist, by key. */
export async function lockRows(sql: Sql, table: SyncTable, keys: readonly string[]): Promise<Map<string, Row>> {
  const out = new Map<string, Row>();
  for (const key of keys) {
    const params = new Params();
    const where = matchKey(table, keyRow(table.key, key), params);
    const [row] = await sql.rows(
      `select ${visibleColumns(table)} from ${quoteName(table.name)} where ${where} for update`,
      params.values,
    );
    if (row) out.set(rowKey(table.key, row), row);
  }
  return out;
}

/**
 * @returns the row as it is now
 * @throws {Rejected} the row was deleted later than it was inserted
 */
export async function insertRow(sql: Sql, target: Target, clock: Hlc): Promise<Row | null> {
  const { op, table, clock: stored } = target;
  if (op.op !== 'insert') return null;
  if (stored?.deleted && clock <= stored.base) {
    throw new Rejected({
      code: 'deleted',
      message: 'This was deleted in the meantime.',
      table: table.name,
      key: op.key,
    });
  }
  const params = new Params();
  const columns = Object.keys(op.row);
  const values = columns.map((column) => params.add(op.row[column] ?? null, typeOf(table, column)));
  const [row] = await sql.rows(
    `insert into ${quoteName(table.name)} (${columns.map(quoteName).join(', ')}) values (${values.join(', ')})
     returning ${visibleColumns(table)}`,
    params.values,
  );
  return row ?? null;
}

/** Writes the columns that win by clock. @returns the row as it is now, or null when none won */
export async function patchRow(sql: Sql, target: Target, clock: Hlc): Promise<Row | null> {
  const { op, table, clock: stored } = target;
  if (op.op !== 'patch') return null;
  const columns = winningColumns(Object.keys(op.row), clock, stored);
  if (columns.length === 0) return null;
  const params = new Params();
  const set = columns.map(
    (column) => `${quoteName(column)} = ${params.add(op.row[column] ?? null, typeOf(table, column))}`,
  );
  const where = matchKey(table, keyOf(target), params);
  const [row] = await sql.rows(
    `update ${quoteName(table.name)} set ${set.join(', ')} where ${where} returning ${visibleColumns(table)}`,
    params.values,
  );
  await clockColumns(sql, table.name, op.key, columns, clock);
  return row ?? null;
}

/** The tombstone is written by the table's clock trigger, with the mutation's clock. */
export async function deleteRow(sql: Sql, target: Target): Promise<void> {
  const params = new Params();
  const where = matchKey(target.table, keyOf(target), params);
  await sql.rows(`delete from ${quoteName(target.table.name)} where ${where}`, params.values);
}
