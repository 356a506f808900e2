import { keyRow, parseScopeKey, type Row, type ScopeKey, type SyncTable } from '@vibestack/sync-types';
import type { Net, TableNet } from './net-changes.ts';
import { quote } from './system-sql.ts';
import type { Tx } from './types.ts';

/** Rows of one statement. */
const BATCH = 5_000;

/** Where rows are written: a table of the application, or one of its staging twins. */
export interface Target {
  readonly table: SyncTable;
  /** Quoted, qualified name. */
  readonly relation: string;
}

export const mainTarget = (table: SyncTable): Target => ({ table, relation: `public.${quote(table.name)}` });

const typeOf = ({ columns }: SyncTable, column: string): string =>
  columns.find(({ name }) => name === column)?.type ?? 'text';

/** `json_to_recordset($1)` with every value as text, so that each is cast exactly as Postgres printed it. */
const recordset = (columns: readonly string[]): string =>
  `json_to_recordset($1::text::json) as x(${columns.map((column) => `${quote(column)} text`).join(', ')})`;

const cast = (table: SyncTable, column: string): string => `x.${quote(column)}::${typeOf(table, column)}`;

const keyMatch = (table: SyncTable): string =>
  table.key.map((column) => `t.${quote(column)} = ${cast(table, column)}`).join(' and ');

/** Rows that have the same columns share a statement. */
async function inBatches(
  rows: readonly Row[],
  run: (columns: readonly string[], json: string) => Promise<unknown>,
): Promise<void> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const shape = Object.keys(row).sort().join('\n');
    const group = groups.get(shape);
    if (group) group.push(row);
    else groups.set(shape, [row]);
  }
  for (const group of groups.values()) {
    const columns = Object.keys(group[0] ?? {});
    for (let at = 0; at < group.length; at += BATCH) {
      await run(columns, JSON.stringify(group.slice(at, at + BATCH)));
    }
  }
}

/** Inserts rows, or replaces the given columns of those that are there. */
export async function putRows(tx: Tx, { table, relation }: Target, rows: readonly Row[]): Promise<void> {
  await inBatches(rows, (columns, json) => {
    const names = columns.map(quote).join(', ');
    const set = columns
      .filter((column) => !table.key.includes(column))
      .map((c) => `${quote(c)} = excluded.${quote(c)}`);
    const conflict = set.length > 0 ? `do update set ${set.join(', ')}` : 'do nothing';
    return tx.query(
      `insert into ${relation} (${names}) select ${columns.map((c) => cast(table, c)).join(', ')} from ${recordset(columns)}
       on conflict (${table.key.map(quote).join(', ')}) ${conflict}`,
      [json],
    );
  });
}

/** Changes columns of rows that are there. Each row carries its key. */
async function patchRows(tx: Tx, { table, relation }: Target, rows: readonly Row[]): Promise<void> {
  await inBatches(rows, async (columns, json) => {
    const set = columns.filter((column) => !table.key.includes(column)).map((c) => `${quote(c)} = ${cast(table, c)}`);
    if (set.length === 0) return;
    await tx.query(`update ${relation} t set ${set.join(', ')} from ${recordset(columns)} where ${keyMatch(table)}`, [
      json,
    ]);
  });
}

export async function deleteRows(tx: Tx, { table, relation }: Target, keys: readonly string[]): Promise<void> {
  const rows = keys.map((key) => keyRow(table.key, key));
  await inBatches(rows, (columns, json) =>
    tx.query(`delete from ${relation} t using ${recordset(columns)} where ${keyMatch(table)}`, [json]),
  );
}

async function leaveRows(
  tx: Tx,
  { table, relation }: Target,
  rows: readonly [key: string, scope: ScopeKey][],
): Promise<void> {
  const { column } = table.scope;
  if (column === undefined) return;
  const marked = rows.map(([key, scope]) => ({ ...keyRow(table.key, key), '?scope': parseScopeKey(scope).id ?? '' }));
  await inBatches(marked, (columns, json) =>
    tx.query(
      `delete from ${relation} t using ${recordset(columns)}
       where ${keyMatch(table)} and t.${quote(column)}::text = x."?scope"`,
      [json],
    ),
  );
}

/** Writes net changes. Foreign keys are deferred, so order between tables does not matter. */
export async function applyNets(tx: Tx, target: Target, { truncated, rows }: TableNet): Promise<void> {
  const { table, relation } = target;
  if (truncated) await tx.query(`delete from ${relation}`);
  const of = <K extends Net['kind']>(kind: K) =>
    [...rows].filter((entry): entry is [string, Extract<Net, { kind: K }>] => entry[1].kind === kind);
  await deleteRows(
    tx,
    target,
    of('del').map(([key]) => key),
  );
  await leaveRows(
    tx,
    target,
    of('leave').flatMap(([key, { scopes }]) => scopes.map((scope) => [key, scope] as const)),
  );
  await putRows(
    tx,
    target,
    of('put').map(([, { row }]) => row),
  );
  await patchRows(
    tx,
    target,
    of('patch').map(([key, { row }]) => ({ ...row, ...keyRow(table.key, key) })),
  );
}
