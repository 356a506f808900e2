import type { Statement } from '../query/index.ts';

/** What the statements of a table need to know of it. Names come from here, never from a caller. */
export interface TableMeta {
  readonly table: string;
  /** Primary key columns, in order. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, { readonly readOnly: boolean }>>;
}

/** A statement that cannot be made of these values. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly code: 'unknown_column' | 'read_only_column' | 'key_column' | 'nothing_to_change' | 'key_incomplete';

  constructor(code: StatementError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

type Values = Readonly<Record<string, unknown>>;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const columnList = ({ columns }: TableMeta): string => Object.keys(columns).map(quote).join(', ');

/** One row by its key. */
export function readRow(meta: TableMeta, key: Values): Statement {
  return {
    text: `select ${columnList(meta)} from ${quote(meta.table)} where ${keyMatch(meta, 1)}`,
    values: keyValues(meta, key),
  };
}

/**
 * Rows in the order of their keys.
 *
 * @param page.limit  at most so many
 * @param page.after  the key of the last row before them
 */
export function readRows(
  meta: TableMeta,
  page: { readonly limit: number; readonly after?: Values | undefined },
): Statement {
  const key = meta.key.map(quote).join(', ');
  const values = page.after ? keyValues(meta, page.after) : [];
  const start = page.after ? ` where (${key}) > (${meta.key.map((_, i) => `$${i + 1}`).join(', ')})` : '';
  return {
    text: `select ${columnList(meta)} from ${quote(meta.table)}${start} order by ${key} limit $${values.length + 1}`,
    values: [...values, page.limit],
  };
}

/** Inserts a row and returns it whole. Columns that are left out (or undefined) get their defaults. */
export function insertRow(meta: TableMeta, row: Values): Statement {
  const names = writable(meta, row);
  const into = `insert into ${quote(meta.table)}`;
  const values = names.map((_, i) => `$${i + 1}`).join(', ');
  const what = names.length > 0 ? `(${names.map(quote).join(', ')}) values (${values})` : 'default values';
  return { text: `${into} ${what} returning ${columnList(meta)}`, values: names.map((name) => row[name]) };
}

/** Changes columns of a row and returns it whole. */
export function patchRow(meta: TableMeta, key: Values, patch: Values): Statement {
  const names = writable(meta, patch);
  const fixed = names.find((name) => meta.key.includes(name));
  if (fixed !== undefined) {
    throw new StatementError('key_column', `${meta.table}.${fixed} is part of the key and cannot change.`);
  }
  if (names.length === 0) throw new StatementError('nothing_to_change', `No column of ${meta.table} is named.`);
  const set = names.map((name, i) => `${quote(name)} = $${i + 1}`).join(', ');
  const where = keyMatch(meta, names.length + 1);
  return {
    text: `update ${quote(meta.table)} set ${set} where ${where} returning ${columnList(meta)}`,
    values: [...names.map((name) => patch[name]), ...keyValues(meta, key)],
  };
}

/** Deletes a row and returns its key, when it was there. */
export function deleteRow(meta: TableMeta, key: Values): Statement {
  const returned = meta.key.map(quote).join(', ');
  return {
    text: `delete from ${quote(meta.table)} where ${keyMatch(meta, 1)} returning ${returned}`,
    values: keyValues(meta, key),
  };
}

const keyMatch = ({ key }: TableMeta, first: number): string =>
  key.map((name, i) => `${quote(name)} = $${first + i}`).join(' and ');

function keyValues({ table, key }: TableMeta, values: Values): unknown[] {
  return key.map((name) => {
    if (values[name] !== undefined) return values[name];
    throw new StatementError('key_incomplete', `The key of ${table} lacks ${name}.`);
  });
}

/** Columns that the values name, in the order of the table. */
function writable({ table, columns }: TableMeta, values: Values): string[] {
  const given = Object.keys(values).filter((name) => values[name] !== undefined);
  for (const name of given) {
    if (!Object.hasOwn(columns, name)) throw new StatementError('unknown_column', `${table} has no column ${name}.`);
    if (columns[name]?.readOnly) {
      throw new StatementError('read_only_column', `${table}.${name} is filled by the database.`);
    }
  }
  return Object.keys(columns).filter((name) => given.includes(name));
}
