import { effectiveClock, scopeOf, type RowClock } from '@vibestack/sync-core';
import {
  hlcFromBigInt,
  hlcToBigInt,
  keyRow,
  scopeKey,
  type Hlc,
  type Mutation,
  type Op,
  type Row,
  type ScopeKey,
  type SyncTable,
} from '@vibestack/sync-types';
import type { Sql } from '../database/pool.ts';
import { tablesByName } from '../sync-do/view.ts';
import { Access } from './access.ts';
import { readClocks } from './clocks.ts';
import { Rejected } from './rejection.ts';
import { deleteRow, insertRow, lockRows, patchRow } from './statements.ts';
import { validate } from './validate.ts';
import type { WriterPorts } from './writer.ts';

/** An op with its table and what the database has of its row. */
export interface Target {
  readonly op: Op;
  readonly table: SyncTable;
  /** The row before the mutation, locked; null when there is none, or none that the client may see. */
  readonly row: Row | null;
  /** Its clocks; null when nobody ever clocked it. */
  readonly clock: RowClock | null;
}

/**
 * Applies one mutation inside the caller's transaction: lock, validate, authorise, merge, write.
 *
 * @returns the mutation's effective clock
 * @throws {Rejected} the mutation is refused; the caller rolls back to its savepoint
 * @throws {PgError}  a constraint refused it, or the database had a problem
 */
export async function applyMutation(
  ports: WriterPorts,
  sql: Sql,
  userId: string,
  mutation: Mutation,
  previous: bigint,
): Promise<bigint> {
  const ops = mutation.ops.map((op) => validate(ports, op));
  const access = new Access(ports, sql, userId, createdScopes(ports, mutation.ops));
  const memberTables = new Set(ports.schema.scopes.flatMap((scope) => scope.memberTables));
  if (ops.some(({ table }) => memberTables.has(table))) await access.readAhead();
  const targets = await lockTargets(ports, sql, ops, access);
  const now = await databaseClock(sql);
  const clock = effectiveClock({
    client: mutation.hlc,
    now,
    previous: hlcFromBigInt(previous),
    stored: targets.flatMap(({ clock }) => (clock ? [clock.base, ...Object.values(clock.columns)] : [])),
  });
  // The clock triggers use this clock instead of now, for rows that cascades and triggers touch too (SEMANTICS 5.2).
  await sql.rows(`select set_config('vibestack.clock', $1, true)`, [hlcToBigInt(clock).toString()]);
  for (const target of inWriteOrder(targets)) await applyOp(sql, access, target, clock);
  await sql.rows(`select set_config('vibestack.clock', '', true)`);
  const refused = await access.settle();
  if (refused) throw forbidden(refused.table, refused.key);
  return hlcToBigInt(clock);
}

async function applyOp(sql: Sql, access: Access, target: Target, clock: Hlc): Promise<void> {
  const { op, table, row } = target;
  if (row === null && op.op === 'delete') return; // gone already, or never visible: the same answer
  if (row === null && op.op === 'patch') {
    throw new Rejected({
      code: 'row_missing',
      message: 'What was changed does not exist any more.',
      table: table.name,
      key: op.key,
    });
  }
  if (row !== null && !(await access.mayWrite(table, scopeOf(table, row), op.key))) throw forbidden(table, op.key);
  if (op.op === 'delete') {
    await deleteRow(sql, target);
    return;
  }
  const after = op.op === 'insert' ? await insertRow(sql, target, clock) : await patchRow(sql, target, clock);
  if (after && !(await access.mayWrite(table, scopeOf(table, after), op.key))) throw forbidden(table, op.key);
}

/** Locks the rows that are named, in key order, and hides those that the person may not read (SEMANTICS 4.4, 4.6). */
async function lockTargets(ports: WriterPorts, sql: Sql, ops: readonly Op[], access: Access): Promise<Target[]> {
  const tables = tablesByName(ports.schema);
  const targets: Target[] = [];
  for (const table of ports.schema.tables) {
    const mine = ops.filter((op) => op.table === table.name);
    if (mine.length === 0) continue;
    const keys = [...new Set(mine.map(({ key }) => key))].sort();
    const rows = await lockRows(sql, table, keys);
    const clocks = await readClocks(sql, table.name, keys);
    for (const op of mine) {
      const row = rows.get(op.key) ?? null;
      if (row !== null && op.op === 'insert') {
        throw new Rejected({
          code: 'duplicate_key',
          message: 'There is such a row already.',
          table: table.name,
          key: op.key,
        });
      }
      const visible = row !== null && (await access.mayRead(table, scopeOf(table, row)));
      targets.push({
        op,
        table: tables.get(op.table) ?? table,
        row: visible ? row : null,
        clock: clocks.get(op.key) ?? null,
      });
    }
  }
  return targets;
}

/** Parents are inserted before children and deleted after them; memberships change last, when nothing asks any more. */
function inWriteOrder(targets: readonly Target[]): Target[] {
  const rank = ({ op, table }: Target) => (op.op === 'delete' ? 1000 - table.level : table.level);
  return [...targets].sort((a, b) => rank(a) - rank(b));
}

/** Scopes whose root row this mutation inserts. */
function createdScopes(ports: WriterPorts, ops: readonly Op[]): ReadonlySet<ScopeKey> {
  const roots = new Map(
    ports.schema.scopes.flatMap((scope) => (scope.root === null ? [] : [[scope.root, scope.name]])),
  );
  return new Set(
    ops.flatMap((op) => {
      const name = op.op === 'insert' ? roots.get(op.table) : undefined;
      return name === undefined ? [] : [scopeKey(name, op.key)];
    }),
  );
}

async function databaseClock(sql: Sql): Promise<Hlc> {
  const [row] = await sql.rows('select vibestack.hlc_now()::text as now');
  return hlcFromBigInt(BigInt(row?.['now'] ?? 0));
}

const forbidden = (table: SyncTable, key: string): Rejected =>
  new Rejected({ code: 'forbidden', message: 'You may not change this.', table: table.name, key });

/** The key columns of an op's row. */
export const keyOf = ({ table, op }: Target): Row => keyRow(table.key, op.key);
