import type { Hlc, Mutation, MutationResult, Op } from '@vibestack/sync-types';
import { writeShadows, type RowRef } from './pending-rows.ts';
import type { RejectedMutation, Tx } from './types.ts';

/** SHA-256 of the ops, hex: the same mutation gives the same hash, whenever it is sent. */
export async function contentHash(ops: readonly Op[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(ops)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Writes a mutation and its ops; those of earlier mutations of the same rows lie before them. */
export async function enqueue(tx: Tx, mutation: Mutation): Promise<void> {
  const { clientId, id, hash, hlc, schemaVersion, ops } = mutation;
  const inserted = await tx.query<{ ordinal: string }>(
    `insert into vibestack.outbox (client_id, id, hash, hlc, schema_version, ops) values ($1, $2, $3, $4, $5, $6)
     on conflict (client_id, id) do nothing returning ordinal`,
    [clientId, id, hash, hlc, schemaVersion, JSON.stringify(ops)],
  );
  const ordinal = inserted.rows[0]?.ordinal;
  if (ordinal === undefined) return;
  const rows = ops.map((op, seq) => ({ seq, table_name: op.table, row_key: op.key, op: JSON.stringify(op) }));
  await tx.query(
    `insert into vibestack.pending_op select $1::bigint, x.* from json_to_recordset($2::text::json)
       as x(seq integer, table_name text, row_key text, op text)`,
    [ordinal, JSON.stringify(rows)],
  );
}

/** Takes over a mutation whose store was lost: its rows are unknown until the next snapshot brings them. */
export async function adoptMutation(tx: Tx, mutation: Mutation): Promise<RowRef[]> {
  const rows = mutation.ops.map(({ table, key }) => ({ table, key }));
  await writeShadows(
    tx,
    rows.map((ref) => ({ ...ref, row: null })),
    true,
  );
  await enqueue(tx, mutation);
  return rows;
}

interface OutboxRow {
  readonly client_id: string;
  readonly id: string;
  readonly hash: string;
  readonly hlc: string;
  readonly schema_version: number;
  readonly ops: string;
}

export const PENDING_SQL = `select client_id, id::text, hash, hlc, schema_version, ops from vibestack.outbox order by ordinal limit $1`;

export const readMutation = (row: OutboxRow): Mutation => ({
  clientId: row.client_id,
  id: Number(row.id),
  hash: row.hash,
  hlc: row.hlc as Hlc,
  schemaVersion: row.schema_version,
  ops: JSON.parse(row.ops) as Op[],
});

/**
 * Ends mutations: their ops leave the outbox, rejected ones are kept for the person to see.
 *
 * @returns the rows whose pending ops are fewer now
 */
export async function settle(tx: Tx, results: readonly MutationResult[]): Promise<RowRef[]> {
  const rows: RowRef[] = [];
  for (const result of results) {
    const { clientId, id } = result;
    const ended = await tx.query<{ ordinal: string; ops: string }>(
      `delete from vibestack.outbox where client_id = $1 and id = $2 returning ordinal::text, ops`,
      [clientId, id],
    );
    await tx.query(
      `insert into vibestack.watermark values ($1, $2)
       on conflict (client_id) do update set id = greatest(vibestack.watermark.id, excluded.id)`,
      [clientId, id],
    );
    const [mutation] = ended.rows;
    if (!mutation) continue;
    const ops = await tx.query<{ table_name: string; row_key: string }>(
      `delete from vibestack.pending_op where ordinal = $1::bigint returning table_name, row_key`,
      [mutation.ordinal],
    );
    rows.push(...ops.rows.map(({ table_name, row_key }) => ({ table: table_name, key: row_key })));
    if (result.outcome === 'accepted') continue;
    const error = result.error ?? { code: 'rejected', message: 'The change was refused.' };
    await tx.query(`insert into vibestack.rejection values ($1, $2, $3, $4) on conflict do nothing`, [
      clientId,
      id,
      JSON.stringify(error),
      mutation.ops,
    ]);
  }
  return rows;
}

export const REJECTIONS_SQL = `select client_id, id::text, error, ops from vibestack.rejection order by client_id, id`;

export const readRejection = (row: {
  client_id: string;
  id: string;
  error: string;
  ops: string;
}): RejectedMutation => ({
  clientId: row.client_id,
  id: Number(row.id),
  error: JSON.parse(row.error) as RejectedMutation['error'],
  ops: JSON.parse(row.ops) as Op[],
});
