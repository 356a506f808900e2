import { rebase } from '@vibestack/sync-core';
import type { Op, Row, SyncTable } from '@vibestack/sync-types';
import type { Changes } from './changed.ts';
import { applyNet, type Net } from './net-changes.ts';
import { deleteRows, mainTarget, putRows } from './statements.ts';
import type { Tx } from './types.ts';

/** Names a row. */
export interface RowRef {
  readonly table: string;
  readonly key: string;
}

/** A row with pending ops: what the server last said of it. */
export interface Shadow extends RowRef {
  readonly row: Row | null;
}

const refs = (rows: readonly RowRef[]): string => JSON.stringify(rows.map(({ table, key }) => ({ t: table, k: key })));
const REFS = `json_to_recordset($1::text::json) as x(t text, k text)`;

/** Shadows among these rows. */
async function readShadows(tx: Tx, rows: readonly RowRef[]): Promise<Shadow[]> {
  if (rows.length === 0) return [];
  const found = await tx.query<{ table_name: string; row_key: string; row: string | null }>(
    `select s.table_name, s.row_key, s."row" from vibestack.shadow s join ${REFS}
     on s.table_name = x.t and s.row_key = x.k`,
    [refs(rows)],
  );
  return found.rows.map(({ table_name, row_key, row }) => ({
    table: table_name,
    key: row_key,
    row: row === null ? null : (JSON.parse(row) as Row),
  }));
}

/** @param keep  true: rows that have a shadow keep it, for that is what the server said */
export async function writeShadows(tx: Tx, shadows: readonly Shadow[], keep: boolean): Promise<void> {
  if (shadows.length === 0) return;
  const json = JSON.stringify(
    shadows.map(({ table, key, row }) => ({ table_name: table, row_key: key, row: row && JSON.stringify(row) })),
  );
  await tx.query(
    `insert into vibestack.shadow select x.* from json_to_recordset($1::text::json)
       as x(table_name text, row_key text, "row" text)
     on conflict (table_name, row_key) do ${keep ? 'nothing' : 'update set "row" = excluded."row"'}`,
    [json],
  );
}

/** Applies the server's net changes to those rows that have shadows, and takes them out of `nets`. */
export async function applyToShadows(
  tx: Tx,
  tables: ReadonlyMap<string, SyncTable>,
  nets: ReadonlyMap<string, { readonly truncated: boolean; readonly rows: Map<string, Net> }>,
): Promise<RowRef[]> {
  const touched: RowRef[] = [];
  for (const [table, { truncated }] of nets) {
    if (!truncated) continue;
    const gone = await tx.query<{ row_key: string }>(
      `update vibestack.shadow set "row" = null where table_name = $1 returning row_key`,
      [table],
    );
    touched.push(...gone.rows.map(({ row_key }) => ({ table, key: row_key })));
  }
  const named = [...nets].flatMap(([table, { rows }]) => [...rows.keys()].map((key) => ({ table, key })));
  const next: Shadow[] = [];
  for (const shadow of await readShadows(tx, named)) {
    const model = tables.get(shadow.table);
    const rows = nets.get(shadow.table)?.rows;
    const net = rows?.get(shadow.key);
    if (!model || !rows || !net) continue;
    rows.delete(shadow.key);
    next.push({ ...shadow, row: applyNet(model, shadow.row, net) });
    touched.push(shadow);
  }
  await writeShadows(tx, next, false);
  return touched;
}

/**
 * Makes rows show their pending ops on their shadows again. Where no op is left, the server's row stays and the shadow
 * goes. Quarantined rows show the server's row only (SEMANTICS 6.3).
 *
 * @param quarantine  rows of these tables with pending ops stand in the way of the server's truth: `all`, or by name
 */
export async function rebaseRows(
  tx: Tx,
  tables: ReadonlyMap<string, SyncTable>,
  rows: readonly RowRef[],
  changes: Changes,
): Promise<void> {
  const shadows = await readShadows(tx, rows);
  if (shadows.length === 0) return;
  const ops = await pendingOps(tx, shadows);
  const hidden = await quarantined(tx, shadows);
  const id = ({ table, key }: RowRef) => `${table}\n${key}`;
  const byTable = new Map<string, { put: Row[]; gone: string[] }>();
  const settled: RowRef[] = [];
  for (const shadow of shadows) {
    const mine = ops.get(id(shadow)) ?? [];
    if (mine.length === 0) settled.push(shadow);
    const visible = hidden.has(id(shadow)) ? shadow.row : rebase(shadow.row, mine);
    let out = byTable.get(shadow.table);
    if (!out) byTable.set(shadow.table, (out = { put: [], gone: [] }));
    if (visible) out.put.push(visible);
    else out.gone.push(shadow.key);
    changes.add(shadow.table, shadow.key);
  }
  for (const [name, { put, gone }] of byTable) {
    const model = tables.get(name);
    if (!model) continue;
    await deleteRows(tx, mainTarget(model), gone);
    await putRows(tx, mainTarget(model), put);
  }
  if (settled.length === 0) return;
  for (const table of ['shadow', 'quarantine']) {
    await tx.query(`delete from vibestack.${table} s using ${REFS} where s.table_name = x.t and s.row_key = x.k`, [
      refs(settled),
    ]);
  }
}

async function pendingOps(tx: Tx, rows: readonly RowRef[]): Promise<Map<string, Op[]>> {
  const found = await tx.query<{ table_name: string; row_key: string; op: string }>(
    `select p.table_name, p.row_key, p.op from vibestack.pending_op p join ${REFS}
     on p.table_name = x.t and p.row_key = x.k order by p.ordinal, p.seq`,
    [refs(rows)],
  );
  const out = new Map<string, Op[]>();
  for (const { table_name, row_key, op } of found.rows) {
    const id = `${table_name}\n${row_key}`;
    out.set(id, [...(out.get(id) ?? []), JSON.parse(op) as Op]);
  }
  return out;
}

async function quarantined(tx: Tx, rows: readonly RowRef[]): Promise<Set<string>> {
  const found = await tx.query<{ table_name: string; row_key: string }>(
    `select q.table_name, q.row_key from vibestack.quarantine q join ${REFS} on q.table_name = x.t and q.row_key = x.k`,
    [refs(rows)],
  );
  return new Set(found.rows.map(({ table_name, row_key }) => `${table_name}\n${row_key}`));
}

/** Takes all pending rows of a table (or of all) out of the way, until their results come. @returns those rows */
export async function quarantine(tx: Tx, table: string | null): Promise<RowRef[]> {
  const found = await tx.query<{ table_name: string; row_key: string }>(
    `insert into vibestack.quarantine select table_name, row_key from vibestack.shadow where $1::text is null or table_name = $1
     on conflict do nothing returning table_name, row_key`,
    [table],
  );
  return found.rows.map(({ table_name, row_key }) => ({ table: table_name, key: row_key }));
}
