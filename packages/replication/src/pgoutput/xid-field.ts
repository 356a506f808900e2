import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { Relations } from './relations.ts';

/** No transaction has this id; of a change, it says that it is not in a streamed block. */
export const NO_XID = 0;

/** @throws {DecodeError} the id is 0 */
export function readXid(c: Cursor): number {
  const xid = c.uint32();
  if (xid === NO_XID) throw new DecodeError('No transaction has the id 0', c.offset - 4);
  return xid;
}

/** The transaction of a change, which is there only within a streamed block. */
export const readChangeXid = (c: Cursor, relations: Relations): number => (relations.inBlock ? readXid(c) : NO_XID);

/** For messages that are rare; rows are built in one of two shapes, which is faster. */
export const optionalXid = (xid: number): { readonly xid?: number } => (xid === NO_XID ? {} : { xid });
