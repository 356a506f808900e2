import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { PgoutputMessage, Relation } from './messages.ts';
import type { Relations } from './relations.ts';
import { readKnown } from './rows.ts';
import { optionalXid, readChangeXid } from './xid-field.ts';

export function readTruncate(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const at = c.offset;
  const count = c.uint32();
  const options = c.flags(3);
  if (count * 4 !== c.left) throw new DecodeError(`${count} relations in ${c.left} bytes`, at);
  const truncated: Relation[] = [];
  while (truncated.length < count) truncated.push(readKnown(c, relations));
  return {
    kind: 'truncate',
    relations: truncated,
    cascade: (options & 1) !== 0,
    restartIdentity: (options & 2) !== 0,
    ...optionalXid(xid),
  };
}

/** A Message: what `pg_logical_emit_message` said. */
export function readLogicalMessage(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const transactional = c.flags(1) === 1;
  const lsn = c.uint64();
  return { kind: 'message', transactional, lsn, prefix: c.cstring(), content: c.bytes(), ...optionalXid(xid) };
}
