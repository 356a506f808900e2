import { list, literal, quote } from '../../../ir/names.ts';
import type { RealDatabase } from '../database.ts';
import type { Expected, Oracle } from './oracle.ts';
import type { Row, Rows } from './rows.ts';
import type { Sketch } from './sketch.ts';

/** @param visible  ids of what a side has */
export function insertSql({ tables }: Sketch, rows: Rows, visible: ReadonlySet<string>): string {
  return [...rows]
    .filter(([id]) => visible.has(id))
    .map(([id, own]) => {
      const table = tables.find((one) => one.id === id);
      const columns = (table?.columns ?? []).filter((column) => visible.has(column.id) && column.generated === null);
      const values = own.map((row) => `(${columns.map((column) => valueSql(row[column.id] ?? null)).join()})`);
      const names = list(columns.map(({ name }) => name));
      return `insert into ${quote(table?.name ?? '')} (${names}) overriding system value values ${values.join()};`;
    })
    .join('\n');
}

const valueSql = (text: string | null): string => (text === null ? 'null' : literal(text));

/** All rows, as Postgres prints their values. */
export async function readRows(
  database: RealDatabase,
  { tables }: Sketch,
  visible: ReadonlySet<string>,
): Promise<Rows> {
  const shown = tables.filter(({ id }) => visible.has(id));
  const queries = shown.map(({ name, columns }) => {
    const own = columns.filter(({ id }) => visible.has(id));
    return `select ${own.map((column) => `${quote(column.name)}::text as ${quote(column.id)}`).join()} from ${quote(name)}`;
  });
  const rows = await database.query<Row>(...queries);
  return new Map(shown.map(({ id }, i) => [id, rows[i] ?? []]));
}

/** The first table whose rows are not what they should be. */
export function differentRows(after: Sketch, visible: ReadonlySet<string>, oracle: Oracle, found: Rows): string | null {
  for (const { id, name } of after.tables) {
    const difference = visible.has(id) ? differentRow(oracle.rows(id), found.get(id) ?? []) : null;
    if (difference !== null) return `the rows of ${name} are others: ${difference}`;
  }
  return null;
}

/** Rows have no order, and their key may be what has changed: they are compared as a bag. */
function differentRow(expected: readonly Expected[], found: readonly Row[]): string | null {
  if (expected.length !== found.length) return `${found.length} instead of ${expected.length}`;
  const ids = Object.keys(expected[0] ?? {}).sort();
  const own = ids.filter((id) => typeof expected[0]?.[id] === 'symbol');
  const empty = own.find((id) => found.some((row) => row[id] === null));
  if (empty !== undefined) return `${empty} has nulls`;
  const line = (row: Expected) => JSON.stringify(ids.filter((id) => !own.includes(id)).map((id) => row[id]));
  const left = new Map<string, number>();
  for (const row of found) left.set(line(row), (left.get(line(row)) ?? 0) + 1);
  const missing = expected.map(line).find((one) => {
    const count = left.get(one) ?? 0;
    if (count > 0) left.set(one, count - 1);
    return count === 0;
  });
  if (missing === undefined) return null;
  const others = [...left].filter(([, count]) => count > 0).map(([one]) => one);
  return `${ids.join()}\n  expected ${missing}\n  found    ${closest(missing, others)}`;
}

/** The row that has most in common with another. */
function closest(row: string, others: readonly string[]): string {
  const values = JSON.parse(row) as unknown[];
  const common = (other: string) => (JSON.parse(other) as unknown[]).filter((value, i) => value === values[i]).length;
  return others.reduce((best, other) => (best === '' || common(other) > common(best) ? other : best), '');
}
