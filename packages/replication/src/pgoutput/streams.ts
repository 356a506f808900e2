import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { PgoutputMessage } from './messages.ts';
import type { Relations } from './relations.ts';
import { readTime, refuseInBlock } from './transactions.ts';
import { readXid } from './xid-field.ts';

export function readStreamStart(c: Cursor, relations: Relations): PgoutputMessage {
  refuseInBlock(relations, 'A streamed block begins');
  const xid = readXid(c);
  const first = c.flags(1) === 1;
  if (first === relations.isOpen(xid)) {
    throw new DecodeError(`Transaction ${xid} ${first ? 'begins twice' : 'goes on and never began'}`, 1);
  }
  c.end();
  relations.enter(xid);
  return { kind: 'stream-start', xid, first };
}

export function readStreamStop(c: Cursor, relations: Relations): PgoutputMessage {
  if (!relations.inBlock) throw new DecodeError('A streamed block ends that never began', 0);
  c.end();
  relations.leave();
  return { kind: 'stream-stop' };
}

export function readStreamCommit(c: Cursor, relations: Relations): PgoutputMessage {
  refuseInBlock(relations, 'A streamed transaction ends');
  const xid = readXid(c);
  if (!relations.isOpen(xid)) throw new DecodeError(`Transaction ${xid} ends and never began`, 1);
  c.flags(0);
  const commitLsn = c.uint64();
  const endLsn = c.uint64();
  const commitTime = readTime(c);
  c.end();
  relations.promote(xid);
  return { kind: 'stream-commit', xid, commitLsn, endLsn, commitTime };
}

/** Postgres 18 also tells of a transaction that it never streamed: one that was over before it was decoded. */
export function readStreamAbort(c: Cursor, relations: Relations): PgoutputMessage {
  refuseInBlock(relations, 'A streamed transaction ends');
  const xid = readXid(c);
  const subxid = readXid(c);
  c.end();
  relations.forget(xid, subxid === xid);
  return { kind: 'stream-abort', xid, subxid };
}
