import type { Lsn } from '@vibestack/sync-types';

/**
 * Of `ReplicationStatus`, what is looked at here. Said again, for the server's types bring those of Workers with them,
 * which are not Node's.
 */
export interface Status {
  readonly epoch: string | null;
  readonly durable: Lsn;
  readonly floor: { readonly lsn: Lsn };
  readonly changes: number;
  readonly rowsWritten: number;
  readonly restarts: number;
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

/** One transaction of the log, or a part of one that a page ends in. */
export interface LoggedTransaction {
  readonly lsn: Lsn;
  /** Full transaction id, decimal. */
  readonly xid: string;
  /** The net of several transactions: compacted. */
  readonly isNet: boolean;
  /** Keys of its changes, in their order. */
  readonly ids: readonly number[];
}

/** A page of the log, of which only the keys are told. */
export interface LogKeys {
  readonly to: Lsn;
  readonly more: boolean;
  readonly within: number | null;
  readonly transactions: readonly LoggedTransaction[];
}

/** What was read of a slot without a log behind it. */
export interface Drained {
  readonly rows: number;
  readonly bytes: number;
  /** Times that something came. */
  readonly reads: number;
}
