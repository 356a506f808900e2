import type { Lsn } from '@vibestack/sync-types';
import type { SqlValue } from '../storage/object-storage.ts';

/** A directory entry, as stored. */
export interface SegmentRow extends Record<string, SqlValue> {
  readonly to_lsn: string;
  readonly from_lsn: string;
  readonly end_lsn: string;
  readonly min_xid: string;
  readonly max_xid: string;
  readonly owner: number;
  readonly bytes: number;
  readonly net: number;
  readonly head: string | null;
  readonly scopes: string;
  readonly tables: string;
}

/** A stretch of history in the log: some transactions, or the net of a range of them. */
export interface Segment {
  readonly to: Lsn;
  readonly owner: number;
  readonly bytes: number;
  readonly isNet: boolean;
  readonly head: string | null;
}

export const segmentOf = ({ to_lsn, owner, bytes, net, head }: SegmentRow): Segment => ({
  to: to_lsn as Lsn,
  owner,
  bytes,
  isNet: net === 1,
  head,
});

/** Full transaction ids as text that sorts like numbers. */
export const xidText = (xid: bigint): string => xid.toString().padStart(20, '0');
