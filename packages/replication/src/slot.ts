import type { PgConnection } from './connection/connection.ts';
import { parseLsn } from './stream.ts';

/** A logical replication slot, as `pg_replication_slots` shows it. */
export interface SlotState {
  readonly confirmedFlushLsn: bigint;
  readonly restartLsn: bigint | null;
  readonly activePid: number | null;
  /** `reserved`, `extended`, `unreserved`, or `lost`: WAL that it needs is gone. */
  readonly walStatus: string;
  readonly database: string;
}

/** @returns null when there is no such slot */
export async function readSlot(connection: PgConnection, name: string): Promise<SlotState | null> {
  const { rows } = await connection.query(
    `select confirmed_flush_lsn::text, restart_lsn::text, active_pid::text, wal_status, database
     from pg_replication_slots where slot_name = $1`,
    [name],
  );
  const [row] = rows;
  if (!row) return null;
  const [confirmed, restart, pid, walStatus, database] = row;
  return {
    confirmedFlushLsn: parseLsn(confirmed ?? '0/0'),
    restartLsn: restart ? parseLsn(restart) : null,
    activePid: pid ? Number(pid) : null,
    walStatus: walStatus ?? 'lost',
    database: database ?? '',
  };
}

/** @returns the slot's consistent point: changes that commit after it are delivered */
export async function createSlot(connection: PgConnection, name: string): Promise<bigint> {
  const { rows } = await connection.query(`select lsn::text from pg_create_logical_replication_slot($1, 'pgoutput')`, [
    name,
  ]);
  return parseLsn(rows[0]?.[0] ?? '0/0');
}

/** Does nothing when there is no such slot. */
export async function dropSlot(connection: PgConnection, name: string): Promise<void> {
  await connection.query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1`, [
    name,
  ]);
}

/** Ends whoever reads the slot and waits until it is free, at most 10 s. */
export async function terminateActive(connection: PgConnection, name: string): Promise<void> {
  await connection.query(
    `select pg_terminate_backend(active_pid, 10000) from pg_replication_slots where slot_name = $1 and active_pid is not null`,
    [name],
  );
}
