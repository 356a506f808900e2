import { LSN_ZERO, lsnFromBigInt, type Epoch, type Lsn } from '@vibestack/sync-types';

/** Object ids of a publication and of its tables' entries: dropped and made again, they are others. */
export interface PublicationIdentity {
  readonly oid: string;
  /** By table, schema-qualified; empty for a publication of all tables. */
  readonly tables: Readonly<Record<string, string>>;
}

/** What the object recorded of the server whose history it follows. */
export interface Recorded {
  readonly epoch: Epoch;
  readonly systemId: string;
  readonly timeline: number;
  /** The last LSN recorded for acknowledgement: Postgres may have moved the slot up to here. */
  readonly acked: Lsn;
  /** The fencing token that stands in the database, as far as we know. */
  readonly fence: string;
  /** A token that was about to be written when we last looked; equal to `fence` when nothing was under way. */
  readonly fenceNext: string;
  readonly publication: PublicationIdentity;
  /** Continuity was seen to be broken, and history could not begin anew yet. It does not heal by looking well again. */
  readonly broken?: string;
}

/** What the server says now. */
export interface Observed {
  readonly systemId: string;
  readonly timeline: number;
  /** The server's current WAL position. */
  readonly current: bigint;
  /** Null when there is no such slot. */
  readonly slot: { readonly confirmedFlushLsn: bigint; readonly lost: boolean } | null;
  readonly fence: string | null;
  /** Null when there is no such publication. */
  readonly publication: PublicationIdentity | null;
}

/** What the server says of the newest transaction of the log (`pg_xact_status`); null: too old to be known. */
export type LoggedStatus = 'committed' | 'aborted' | 'in progress' | 'future' | null;

/** A reason of which another log is the cause. */
export const FENCE_TAKEN = 'another log took the fence';

/**
 * Whether the log can go on where it ended, or why it cannot (SEMANTICS 1.2).
 *
 * Beyond what is said there: a server that was restored to before our last transaction and has overtaken its LSN
 * since is told by that transaction's id, which is free again there or was rolled back; and a publication that was
 * dropped and made again has let changes pass unseen (since Postgres 18 without an error).
 *
 * @param logged  `in progress` is fine: a commit is in the WAL before it is visible
 * @returns null when continuity is proved; otherwise the reason for a new epoch
 */
export function continuityBroken(
  recorded: Recorded | null,
  observed: Observed,
  logged: LoggedStatus = null,
): string | null {
  if (recorded === null) return 'the log is new';
  if (recorded.broken !== undefined) return recorded.broken;
  if (observed.systemId !== recorded.systemId) return 'another database cluster answers';
  if (observed.timeline !== recorded.timeline) return 'the server is on another timeline';
  if (lsnFromBigInt(observed.current) < recorded.acked) return 'the server is older than the log';
  if (observed.slot === null) return 'the replication slot is gone';
  // Before the slot's position: whoever takes the fence makes the slot anew, and they are to be told apart.
  if (observed.fence !== recorded.fence && observed.fence !== recorded.fenceNext) return FENCE_TAKEN;
  if (observed.slot.lost) return 'the replication slot lost its WAL';
  if (lsnFromBigInt(observed.slot.confirmedFlushLsn) > recorded.acked) return 'someone else moved the replication slot';
  if (logged === 'future' || logged === 'aborted') {
    return 'the server does not know a transaction of the log';
  }
  if (observed.publication === null || !isSamePublication(recorded.publication, observed.publication)) {
    return 'the publication was dropped or made anew';
  }
  return null;
}

/** Tables may have been added since; none may have gone, not even to come back. */
export const isSamePublication = (before: PublicationIdentity, now: PublicationIdentity): boolean =>
  before.oid === now.oid && Object.entries(before.tables).every(([table, oid]) => now.tables[table] === oid);

/** A log's first record under a new epoch. */
export const freshRecord = (
  observed: Observed,
  epoch: Epoch,
  publication: PublicationIdentity,
  acked: Lsn = LSN_ZERO,
): Recorded => ({
  epoch,
  systemId: observed.systemId,
  timeline: observed.timeline,
  acked,
  fence: observed.fence ?? '',
  fenceNext: observed.fence ?? '',
  publication,
});
