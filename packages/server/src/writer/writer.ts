import { PgError } from '@vibestack/replication';
import type { Mutation, SyncSchema } from '@vibestack/sync-types';
import { z } from 'zod';
import type { Pool, Sql } from '../database/pool.ts';
import { log } from '../app/logging.ts';
import { applyMutation } from './apply.ts';
import { Rejected, rejectionOf } from './rejection.ts';

/** Validators of rows on the wire, by table: generated beside the schema. */
export type RowSchemas = Readonly<Record<string, { readonly insert: z.ZodType; readonly patch: z.ZodType }>>;

/** What writing needs. */
export interface WriterPorts {
  readonly pool: Pool;
  readonly schema: SyncSchema;
  readonly rowSchemas: RowSchemas;
}

/** The client id is somebody else's: nothing that is pushed under it can be written. */
export class ClientIdTaken extends Error {
  override readonly name = 'ClientIdTaken';
  readonly code = 'client_id_taken';
}

/** SQLSTATEs after which the same transaction may simply be run again: serialisation failure, deadlock. */
const RETRY = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/**
 * Writes mutations in order, each in a transaction of its own that also holds its result (SEMANTICS 4.2).
 *
 * A mutation whose result exists is not touched again, so pushing twice is harmless. A rejection is a result like any
 * other; what is thrown is neither: the mutation stays without result and the client repeats it.
 *
 * @throws {ClientIdTaken}
 * @throws {ConnectionLostError} the database went away
 */
export async function write(ports: WriterPorts, userId: string, mutations: readonly Mutation[]): Promise<void> {
  for (const mutation of mutations) {
    for (let attempt = 1; ; attempt++) {
      try {
        await ports.pool.transaction((sql) => writeOne(ports, sql, userId, mutation));
        break;
      } catch (error) {
        const again = error instanceof PgError && RETRY.has(error.sqlstate) && attempt < ATTEMPTS;
        if (!again) throw error;
        log('info', 'write.retry', { sqlstate: error.sqlstate, attempt });
      }
    }
  }
}

async function writeOne(ports: WriterPorts, sql: Sql, userId: string, mutation: Mutation): Promise<void> {
  const client = await lockClient(sql, userId, mutation.clientId);
  if (mutation.id <= client.ackedId) return; // its result was seen and pruned: a delayed copy
  const known = await storedHash(sql, mutation);
  if (known !== null) {
    if (known !== mutation.hash) throw new ClientIdTaken('A mutation id was used again for another content.');
    return;
  }
  await sql.rows('savepoint mutation');
  let effective = client.lastHlc;
  let rejection: Rejected | null = null;
  try {
    effective = await applyMutation(ports, sql, userId, mutation, client.lastHlc);
    await sql.rows('set constraints all immediate');
  } catch (error) {
    rejection = rejectionOf(error);
    if (rejection === null) throw error;
    await sql.rows('rollback to savepoint mutation');
  }
  await sql.rows(
    `insert into vibestack.sync_result (client_id, id, content_hash, outcome, code, detail, effective_hlc)
     values ($1::uuid, $2::bigint, $3, $4, $5, $6::jsonb, $7::bigint)`,
    [
      mutation.clientId,
      String(mutation.id),
      mutation.hash,
      rejection ? 'rejected' : 'accepted',
      rejection?.detail.code ?? null,
      rejection ? JSON.stringify(rejection.detail) : null,
      effective.toString(),
    ],
  );
  await sql.rows(
    `update vibestack.sync_client set last_id = greatest(last_id, $2::bigint), last_hlc = greatest(last_hlc, $3::bigint)
     where client_id = $1::uuid`,
    [mutation.clientId, String(mutation.id), effective.toString()],
  );
}

interface ClientRow {
  readonly ackedId: number;
  readonly lastHlc: bigint;
}

/** Makes the client known, then waits for whoever else writes for it (SEMANTICS 4.3). */
async function lockClient(sql: Sql, userId: string, clientId: string): Promise<ClientRow> {
  await sql.rows(
    `insert into vibestack.sync_client (client_id, user_id) values ($1::uuid, $2::uuid) on conflict do nothing`,
    [clientId, userId],
  );
  const [row] = await sql.rows(
    `select user_id, acked_id, last_hlc from vibestack.sync_client where client_id = $1::uuid for update`,
    [clientId],
  );
  if (row?.['user_id'] !== userId) throw new ClientIdTaken('This client id belongs to somebody else.');
  return { ackedId: Number(row['acked_id']), lastHlc: BigInt(row['last_hlc'] ?? 0) };
}

async function storedHash(sql: Sql, { clientId, id }: Mutation): Promise<string | null> {
  const [row] = await sql.rows(
    `select content_hash from vibestack.sync_result where client_id = $1::uuid and id = $2::bigint`,
    [clientId, String(id)],
  );
  return row?.['content_hash'] ?? null;
}
