import type { PgConnection } from '@vibestack/replication';
import { readableTables, resultFromRow, type Memberships } from '@vibestack/sync-core';
import {
  FrameKind,
  encodeFrame,
  parseScopeKey,
  type Epoch,
  type MutationResult,
  type ScopeKey,
  type SnapshotEnd,
  type SnapshotRequest,
  type SnapshotStart,
  type SnapshotTable,
  type SyncSchema,
  type SyncTable,
} from '@vibestack/sync-types';
import { commitMarker } from '../database/marker.ts';
import { readMemberships } from '../database/membership.ts';
import { asSql, type Sql } from '../database/pool.ts';
import type { SnapshotMarker } from './marker.ts';

export interface SnapshotJob {
  readonly schema: SyncSchema;
  /** Reads the rows; closed at the end. */
  readonly reader: PgConnection;
  /** Opens the other connection, on which the marker commits. */
  readonly marker: () => Promise<PgConnection>;
  readonly userId: string;
  readonly request: SnapshotRequest;
  readonly epoch: Epoch;
  /** Names the snapshot: in its marker, in the log, and where it is admitted. */
  readonly nonce: string;
}

/**
 * Writes the rows of some scopes, as one database snapshot sees them, then the marker by which the log knows that
 * snapshot (SEMANTICS 3.1). Memberships are read in the same snapshot.
 *
 * The stream is aborted when something fails half way: only a body with its end frame counts.
 */
export async function writeSnapshot(out: WritableStream<Uint8Array>, job: SnapshotJob): Promise<void> {
  const writer = out.getWriter();
  try {
    await writeFrames(writer, job);
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  } finally {
    await job.reader.close();
  }
}

async function writeFrames(writer: WritableStreamDefaultWriter<Uint8Array>, job: SnapshotJob): Promise<void> {
  const { schema, reader, userId, request, epoch, nonce } = job;
  const sql = asSql(reader);
  const json = (kind: FrameKind, value: SnapshotStart | SnapshotTable | SnapshotEnd) =>
    writer.write(encodeFrame(kind, new TextEncoder().encode(JSON.stringify(value))));

  await sql.rows('begin isolation level repeatable read read only');
  const reading = await readMemberships(sql, schema, [userId]);
  const allowed = reading.of(userId);
  const scopes = request.scopes.filter((scope) => allowed.has(scope));
  const plans = schema.tables.flatMap((table) => planTable(schema, table, scopes, allowed) ?? []);
  await json(FrameKind.start, { epoch, scopes, estimatedRows: await countRows(sql, plans) });
  let rows = 0;
  for (const { table, where } of plans) {
    const columns = table.columns.map(({ name }) => name);
    await json(FrameKind.table, { table: table.name, columns });
    const list = columns.map(quoteName).join(', ');
    for await (const chunk of reader.copyOut(
      `copy (select ${list} from ${quoteName(table.name)} where ${where}) to stdout`,
    )) {
      rows += countLines(chunk);
      await writer.write(encodeFrame(FrameKind.rows, chunk));
    }
  }
  const results = await ownResults(sql, userId, request.clientIds);
  await sql.rows('commit');
  await mark(job, { nonce, userId, snapshot: reading.snapshot, scopes });
  await json(FrameKind.end, { nonce, rows, results });
}

interface TablePlan {
  readonly table: SyncTable;
  readonly where: string;
}

/** @returns null when none of these scopes shows rows of the table to this person */
function planTable(
  schema: SyncSchema,
  table: SyncTable,
  scopes: readonly ScopeKey[],
  allowed: Memberships,
): TablePlan | null {
  const mine = scopes.filter((scope) => readableTables(schema, scope, allowed.get(scope) ?? '').has(table.name));
  if (mine.length === 0) return null;
  const { column } = table.scope;
  if (column === undefined) return { table, where: 'true' };
  const type = table.columns.find(({ name }) => name === column)?.type ?? 'text';
  const ids = mine.map((scope) => quoteText(parseScopeKey(scope).id ?? ''));
  return { table, where: `${quoteName(column)} = any(array[${ids.join(', ')}]::${type}[])` };
}

async function countRows(sql: Sql, plans: readonly TablePlan[]): Promise<number> {
  if (plans.length === 0) return 0;
  const counts = plans.map(({ table, where }) => `(select count(*) from ${quoteName(table.name)} where ${where})`);
  const [row] = await sql.rows(`select (${counts.join(' + ')})::text as n`);
  return Number(row?.['n'] ?? 0);
}

/** Results that the snapshot sees; without them an op confirmed before it would overlay for ever (SEMANTICS 3.4). */
async function ownResults(sql: Sql, userId: string, clientIds: readonly string[]): Promise<MutationResult[]> {
  const rows = await sql.rows(
    `select r.* from vibestack.sync_result r join vibestack.sync_client c using (client_id)
     where client_id = any($1::uuid[]) and c.user_id = $2::uuid order by client_id, id`,
    [`{${clientIds.join(',')}}`, userId],
  );
  return rows.map(resultFromRow);
}

/** On another connection, and durable: its commit record lies behind everything that the snapshot sees. */
async function mark(job: SnapshotJob, marker: SnapshotMarker): Promise<void> {
  const connection = await job.marker();
  try {
    await commitMarker(asSql(connection), marker);
  } finally {
    await connection.close();
  }
}

/** COPY text ends each row with a newline, and has no other raw newline. */
function countLines(chunk: Uint8Array): number {
  let lines = 0;
  for (const byte of chunk) if (byte === 10) lines++;
  return lines;
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text literal that holds under any `standard_conforming_strings`. */
const quoteText = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
