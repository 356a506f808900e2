import type { Pool } from '../database/pool.ts';

/**
 * Drops results that the client says it has applied, and remembers how far: a delayed copy of such a mutation is
 * recognised by the watermark.
 *
 * @param clientIds  the ids that this session may speak for
 * @param results    highest id applied, by client id
 */
export async function pruneResults(
  pool: Pool,
  clientIds: readonly string[],
  results: Readonly<Record<string, number>>,
): Promise<void> {
  const mine = Object.entries(results).filter(([clientId, id]) => clientIds.includes(clientId) && id > 0);
  for (const [clientId, id] of mine) {
    // Never beyond what was processed: a client cannot make its own future mutations look old.
    await pool.use((sql) =>
      sql.rows(
        `with client as (
           update vibestack.sync_client set acked_id = least($2::bigint, last_id)
           where client_id = $1::uuid and acked_id < least($2::bigint, last_id) returning client_id, acked_id)
         delete from vibestack.sync_result r using client c where r.client_id = c.client_id and r.id <= c.acked_id`,
        [clientId, String(id)],
      ),
    );
  }
}
