import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { PgoutputMessage, Relation, Tuple } from './messages.ts';
import type { Relations } from './relations.ts';
import { readKey, readTuple, readTupleOver } from './tuple.ts';
import { NO_XID, readChangeXid } from './xid-field.ts';

// Each kind has two shapes, with and without xid, and no more: what reads them stays fast.

export function readInsert(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const relation = readKnown(c, relations);
  expectNewTuple(c);
  const row = readTuple(c, relation);
  return xid === NO_XID ? { kind: 'insert', relation, row } : { kind: 'insert', relation, row, xid };
}

export function readUpdate(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const relation = readKnown(c, relations);
  const tag = c.uint8();
  const oldKind = tag === 0x4e ? null : oldKindOf(tag, c);
  let old: Tuple | null = null;
  if (oldKind !== null) {
    old = readOld(c, relation, oldKind);
    expectNewTuple(c);
  }
  const row = old !== null && oldKind === 'full' ? readTupleOver(c, relation, old) : readTuple(c, relation);
  return xid === NO_XID
    ? { kind: 'update', relation, oldKind, old, row }
    : { kind: 'update', relation, oldKind, old, row, xid };
}

export function readDelete(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const relation = readKnown(c, relations);
  const oldKind = oldKindOf(c.uint8(), c);
  const old = readOld(c, relation, oldKind);
  return xid === NO_XID ? { kind: 'delete', relation, oldKind, old } : { kind: 'delete', relation, oldKind, old, xid };
}

/** @throws {DecodeError} the id is of a relation that was not announced here */
export function readKnown(c: Cursor, relations: Relations): Relation {
  const id = c.uint32();
  const relation = relations.find(id);
  if (relation === undefined) throw new DecodeError(`Relation ${id} was never announced`, c.offset - 4);
  return relation;
}

const readOld = (c: Cursor, relation: Relation, kind: 'key' | 'full'): Tuple =>
  kind === 'key' ? readKey(c, relation) : readTuple(c, relation);

function expectNewTuple(c: Cursor): void {
  const tag = c.uint8();
  if (tag !== 0x4e) throw new DecodeError(`A new tuple was expected, not 0x${tag.toString(16)}`, c.offset - 1);
}

function oldKindOf(tag: number, c: Cursor): 'key' | 'full' {
  if (tag === 0x4b) return 'key';
  if (tag === 0x4f) return 'full';
  throw new DecodeError(`Unknown kind of tuple 0x${tag.toString(16)}`, c.offset - 1);
}
