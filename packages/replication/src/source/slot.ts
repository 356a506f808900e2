import { formatLsn, parseLsn } from '../lsn.ts';
import type { SqlPort } from '../sql/sql-port.ts';

/** A logical replication slot, as `pg_replication_slots` shows it. */
export interface SlotState {
  readonly confirmedFlushLsn: bigint;
  readonly restartLsn: bigint | null;
  readonly activePid: number | null;
  /** `reserved`, `extended`, `unreserved`, or `lost`: WAL that it needs is gone. */
  readonly walStatus: string;
  readonly database: string;
  readonly plugin: string;
  /** Bytes of WAL between what was acknowledged and the server's position. */
  readonly lagBytes: bigint;
  /** Bytes of WAL that the server keeps for the slot; null when it keeps none any more. */
  readonly restartLagBytes: bigint | null;
  /** Why it can never be read again, such as `wal_removed` or `idle_timeout`; since Postgres 16. */
  readonly invalidationReason: string | null;
  /** When it was read last; null while it is read, and before Postgres 17. */
  readonly inactiveSince: string | null;
}

/** @returns null when there is no such slot */
export async function readSlot(sql: SqlPort, name: string): Promise<SlotState | null> {
  // Columns that came with later versions are read through JSON, in which a missing one is null.
  const [row] = await sql.query(
    `select confirmed_flush_lsn::text, restart_lsn::text, active_pid::text, wal_status, database, plugin,
            (at - confirmed_flush_lsn)::text, (at - restart_lsn)::text, wide ->> 'invalidation_reason',
            wide ->> 'conflicting', wide ->> 'inactive_since'
     from pg_replication_slots s, to_jsonb(s) wide,
          (select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end) server (at)
     where slot_name = $1 and slot_type = 'logical'`,
    [name],
  );
  if (!row) return null;
  const [confirmed, restart, pid, walStatus, database, plugin, lag, restartLag, reason, conflicting, inactive] = row;
  return {
    confirmedFlushLsn: parseLsn(confirmed ?? '0/0'),
    restartLsn: restart ? parseLsn(restart) : null,
    activePid: pid ? Number(pid) : null,
    walStatus: walStatus ?? 'lost',
    database: database ?? '',
    plugin: plugin ?? '',
    lagBytes: BigInt(lag ?? 0),
    restartLagBytes: restartLag ? BigInt(restartLag) : null,
    invalidationReason: reason ?? (conflicting === 'true' ? 'conflicting' : null),
    inactiveSince: inactive ?? null,
  };
}

/**
 * @returns the slot's consistent point: changes that commit after it are delivered
 * @throws {PgError} it exists (42710), none is free (53400), `wal_level` is not `logical` (55000)
 */
export async function createSlot(sql: SqlPort, name: string): Promise<bigint> {
  const [row] = await sql.query(`select lsn::text from pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
  return parseLsn(row?.[0] ?? '');
}

/** Does nothing when there is no such slot. @throws {PgError} it is being read (55006) */
export async function dropSlot(sql: SqlPort, name: string): Promise<void> {
  await sql.query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1`, [name]);
}

/** Ends whoever reads the slot and waits until it is free, at most 10 s. */
export async function terminateActive(sql: SqlPort, name: string): Promise<void> {
  await sql.query(
    `select pg_terminate_backend(active_pid, 10000) from pg_replication_slots where slot_name = $1 and active_pid is not null`,
    [name],
  );
}

/** Moves the slot forward, which nobody else may be reading; does nothing when it is there already. */
export async function advanceSlot(sql: SqlPort, name: string, lsn: bigint): Promise<void> {
  await sql.query(
    `select moved.end_lsn::text
     from pg_replication_slots s, pg_replication_slot_advance(s.slot_name, $2::pg_lsn) moved
     where s.slot_name = $1 and s.confirmed_flush_lsn < $2::pg_lsn`,
    [name, formatLsn(lsn)],
  );
}
