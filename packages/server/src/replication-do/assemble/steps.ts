import type { Lsn, ScopeKey } from '@vibestack/sync-types';

/** A snapshot's marker, found in the WAL (SEMANTICS 3.1). */
export interface Marker {
  readonly nonce: string;
  readonly content: string;
}

/** What the log keeps beside the changes of one or more whole transactions: its directory entry. */
export interface SegmentHead {
  /** Commit LSNs of the first and the last transaction. */
  readonly from: Lsn;
  readonly to: Lsn;
  /** End LSN of the last transaction: what may be acknowledged once the segment is durable. */
  readonly end: Lsn;
  /** Lowest and highest full transaction id. */
  readonly minXid: bigint;
  readonly maxXid: bigint;
  /** Scopes touched; {@link SCOPE_ALL} stands for everybody. */
  readonly scopes: ReadonlySet<ScopeKey>;
  readonly tables: ReadonlySet<string>;
  readonly markers: readonly Marker[];
  /** Row changes in it. */
  readonly changes: number;
  /**
   * JSON of the transaction without its changes, when the body is the changes of one transaction; null when the body
   * is whole transactions.
   */
  readonly transaction: string | null;
}

/** How many changes in a row a (sub)transaction made. */
export type SubRun = readonly [subxid: number, count: number];

/**
 * What is to be done to the log, in order. Bodies are JSON without the brackets around: changes or transactions, each
 * on a line of its own, with a comma at the end of every line but the last.
 */
export type LogStep =
  /** Part of a transaction whose commit is not here yet: kept aside, read by nobody. */
  | { readonly do: 'stage'; readonly xid: number; readonly body: string; readonly subs: readonly SubRun[] }
  /** A streamed transaction (`subxid` is `xid`) or one of its subtransactions was rolled back. */
  | { readonly do: 'discard'; readonly xid: number; readonly subxid: number }
  /** The next segment: `body`, after what was staged under `staged`, if anything was. */
  | { readonly do: 'publish'; readonly head: SegmentHead; readonly staged: number | null; readonly body: string };

/** The scope that stands for everybody: TRUNCATE, changes of who belongs where. */
export const SCOPE_ALL = '*' as ScopeKey;
