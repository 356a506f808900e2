import type { Hlc, Lsn, Row, ScopeKey } from '@vibestack/sync-types';

/**
 * One row change in the change log: what the WAL said, with the scopes that it touches.
 *
 * Keys are short because there are millions of them.
 */
export interface LogChange {
  /** `i`nsert, `u`pdate, `d`elete, `t`runcate. */
  readonly o: 'i' | 'u' | 'd' | 't';
  /** Table. */
  readonly t: string;
  /** Row key (`rowKey`); empty for a truncate. */
  readonly k: string;
  /** Scope after the change; absent for deletes. */
  readonly s?: ScopeKey;
  /** Scope before the change; absent for inserts. */
  readonly p?: ScopeKey;
  /**
   * Values after the change. Inserts, and updates that change the scope, have every column; other updates may have
   * changed columns only. For deletes: the old values that the replica identity gives.
   */
  readonly r: Row;
}

/** One committed transaction of the server, as ReplicationDO logs it and SyncDOs read it. */
export interface LogTransaction {
  /** Commit LSN: the order of history. */
  readonly lsn: Lsn;
  /** Full 64-bit transaction id, decimal: tells whether a snapshot sees it. */
  readonly xid: string;
  /** The clock that whoever reads this transaction must advance past. */
  readonly hlc: Hlc;
  readonly changes: readonly LogChange[];
}

/** The scope of rows that nobody can hold: parents missing, tables that only the server reads. */
export const SCOPE_NONE = 'none' as ScopeKey;

/** The scope in which a client's mutation results travel. */
export const clientScope = (clientId: string): ScopeKey => `client:${clientId}` as ScopeKey;

/** The table of mutation results, schema-qualified: it is not one of the application's. */
export const RESULT_TABLE = 'vibestack.sync_result';
