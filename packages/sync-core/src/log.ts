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
   * In a net run: the other scopes that the row left within the run's range, sorted (leave-tombstones, SEMANTICS 2.3).
   * An insert with them is a row that may have been there before.
   */
  readonly l?: readonly ScopeKey[];
  /**
   * Values after the change. Inserts, and updates that change the scope, have every column; other updates may have
   * changed columns only. For deletes: the old values that the replica identity gives; none in a net run.
   */
  readonly r: Row;
  /**
   * Of an update in a table that says who belongs where, when its old row is known: what the changed columns were. `r`
   * then has every column. Never delivered.
   */
  readonly w?: Row;
}

/**
 * What the log holds of one committed transaction of the server, as ReplicationDO writes it and SyncDOs read it; or,
 * after compaction, of a range of them.
 */
export interface LogTransaction {
  /** Commit LSN: the order of history. */
  readonly lsn: Lsn;
  /** Full 64-bit transaction id, decimal: tells whether a snapshot sees it. */
  readonly xid: string;
  /** The clock that whoever reads this transaction must advance past. */
  readonly hlc: Hlc;
  readonly changes: readonly LogChange[];
  /**
   * These are the net changes of a range of transactions: whoever stands inside it or at its start applies them in one
   * local transaction and then stands at its end. `lsn` is the last commit, `xid` and `hlc` are the highest.
   */
  readonly net?: true;
  /**
   * Only the changes to tables that say who belongs where are left, as they were: a membership that ended is known to
   * have ended, even if it came back (SEMANTICS 7.5). Never delivered: its rows are in a net run.
   */
  readonly mark?: true;
}

/** The scope of rows that nobody can hold: parents missing, tables that only the server reads. */
export const SCOPE_NONE = 'none' as ScopeKey;

/** The scope in which a client's mutation results travel. */
export const clientScope = (clientId: string): ScopeKey => `client:${clientId}` as ScopeKey;

/** The table of mutation results, schema-qualified: it is not one of the application's. */
export const RESULT_TABLE = 'vibestack.sync_result';
