import { parseLsn } from '../lsn.ts';
import type { SqlPort } from '../sql/sql-port.ts';

/** What there is to know of a server before its changes are followed. */
export interface ServerState {
  /** `server_version_num`: 180004 for 18.4. */
  readonly version: number;
  readonly systemId: string;
  readonly timeline: number;
  /** What was flushed; on a standby, what was replayed. */
  readonly current: bigint;
  /** The first transaction id not yet given, in full. */
  readonly nextXid: bigint;
  readonly inRecovery: boolean;
  /** After this long without a word the server ends a stream; 0: never. */
  readonly walSenderTimeoutMs: number;
  readonly walLevel: string;
}

/**
 * The timeline is taken from the name of the WAL file being written, for the control file learns of a promotion only at
 * the next checkpoint.
 */
const SERVER = `
  select current_setting('server_version_num'), system_identifier::text,
         case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
              else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end::text,
         (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end)::text,
         pg_snapshot_xmax(pg_current_snapshot())::text, pg_is_in_recovery()::text,
         (select setting from pg_settings where name = 'wal_sender_timeout'), current_setting('wal_level')
  from pg_control_system()`;

export async function readServer(sql: SqlPort): Promise<ServerState> {
  const [row] = await sql.query(SERVER);
  const [version, systemId, timeline, current, nextXid, inRecovery, timeout, walLevel] = row ?? [];
  return {
    version: Number(version),
    systemId: systemId ?? '',
    timeline: Number(timeline),
    current: parseLsn(current ?? ''),
    nextXid: BigInt(nextXid ?? 0),
    inRecovery: inRecovery === 'true',
    walSenderTimeoutMs: Number(timeout),
    walLevel: walLevel ?? '',
  };
}

/**
 * How a transaction ended.
 *
 * @param xid  in full
 * @returns null when it is so long ago that the server has forgotten
 * @throws {PgError} the id was not given yet (22023)
 */
export async function xactStatus(sql: SqlPort, xid: bigint): Promise<'in progress' | 'committed' | 'aborted' | null> {
  const [row] = await sql.query('select pg_xact_status($1::xid8)', [xid.toString()]);
  return (row?.[0] ?? null) as 'in progress' | 'committed' | 'aborted' | null;
}
