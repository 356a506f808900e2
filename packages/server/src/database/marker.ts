import type { SnapshotMarker } from '../snapshot/marker.ts';
import { MARKER_PREFIX } from '../replication-do/index.ts';
import type { Sql } from './pool.ts';

/**
 * Commits a marker, durably: when the log has it, the log has everything that was visible before this call.
 *
 * @param sql  outside of a transaction
 */
export async function commitMarker(sql: Sql, marker: SnapshotMarker): Promise<void> {
  // One statement, one transaction: the setting is of this commit alone.
  await sql.rows(`select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, $1, $2)::text`, [
    MARKER_PREFIX,
    JSON.stringify(marker),
  ]);
}
