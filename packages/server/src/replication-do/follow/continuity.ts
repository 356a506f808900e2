import { LSN_ZERO, lsnFromBigInt, type Epoch, type Lsn } from '@vibestack/sync-types';

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
}

/**
 * Whether the log can go on where it ended, or why it cannot (SEMANTICS 1.2).
 *
 * @returns null when continuity is proved; otherwise the reason for a new epoch
 */
export function continuityBroken(recorded: Recorded | null, observed: Observed): string | null {
  if (recorded === null) return 'the log is new';
  if (observed.slot === null) return 'the replication slot is gone';
  if (observed.slot.lost) return 'the replication slot lost its WAL';
  if (observed.systemId !== recorded.systemId) return 'another database cluster answers';
  if (observed.timeline !== recorded.timeline) return 'the server is on another timeline';
  if (lsnFromBigInt(observed.current) < recorded.acked) return 'the server is older than the log';
  if (lsnFromBigInt(observed.slot.confirmedFlushLsn) > recorded.acked) return 'someone else moved the replication slot';
  if (observed.fence !== recorded.fence && observed.fence !== recorded.fenceNext) return 'another log took the fence';
  return null;
}

/** A log's first record under a new epoch. */
export const freshRecord = (observed: Observed, epoch: Epoch, fence: string, acked: Lsn = LSN_ZERO): Recorded => ({
  epoch,
  systemId: observed.systemId,
  timeline: observed.timeline,
  acked,
  fence,
  fenceNext: fence,
});
