import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { PgoutputMessage } from './messages.ts';
import type { Relations } from './relations.ts';

/** Microseconds from the Unix epoch to Postgres's, 2000-01-01. */
const EPOCH = 946_684_800_000_000n;

export function readBegin(c: Cursor, relations: Relations): PgoutputMessage {
  refuseInBlock(relations, 'A transaction begins');
  return { kind: 'begin', finalLsn: c.uint64(), commitTime: readTime(c), xid: c.uint32() };
}

export function readCommit(c: Cursor, relations: Relations): PgoutputMessage {
  refuseInBlock(relations, 'A transaction commits');
  c.flags(0);
  return { kind: 'commit', commitLsn: c.uint64(), endLsn: c.uint64(), commitTime: readTime(c) };
}

/** Of the transaction or the streamed block that it is in, where it also comes without a xid. */
export const readOrigin = (c: Cursor): PgoutputMessage => ({ kind: 'origin', lsn: c.uint64(), name: c.cstring() });

export const readTime = (c: Cursor): bigint => c.int64() + EPOCH;

/** @throws {DecodeError} a block of a streamed transaction has begun and not ended */
export function refuseInBlock(relations: Relations, what: string): void {
  if (relations.inBlock) throw new DecodeError(`${what} within a streamed block`, 0);
}
