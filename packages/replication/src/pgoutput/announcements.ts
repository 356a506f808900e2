import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { PgoutputMessage, Relation, RelationColumn } from './messages.ts';
import type { Relations } from './relations.ts';
import { optionalXid, readChangeXid } from './xid-field.ts';

const IDENTITY: Readonly<Record<number, Relation['replicaIdentity']>> = {
  0x64: 'default',
  0x6e: 'nothing',
  0x66: 'full',
  0x69: 'index',
};

/** A Relation message. What comes after it is read by its layout. */
export function readAnnouncement(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  const relation = readRelation(c);
  c.end();
  relations.announce(relation);
  return { kind: 'relation', relation, ...optionalXid(xid) };
}

export function readType(c: Cursor, relations: Relations): PgoutputMessage {
  const xid = readChangeXid(c, relations);
  return { kind: 'type', id: c.uint32(), schema: readNamespace(c), name: c.cstring(), ...optionalXid(xid) };
}

function readRelation(c: Cursor): Relation {
  const id = c.uint32();
  const schema = readNamespace(c);
  const name = c.cstring();
  const identity = c.uint8();
  const replicaIdentity = IDENTITY[identity];
  if (!replicaIdentity) throw new DecodeError(`Unknown replica identity 0x${identity.toString(16)}`, c.offset - 1);
  const columns: RelationColumn[] = [];
  for (let left = c.uint16(); left > 0; left--) {
    const partOfKey = c.flags(1) === 1;
    columns.push({ partOfKey, name: c.cstring(), typeOid: c.uint32(), typeModifier: c.int32() });
  }
  return { id, schema, name, replicaIdentity, columns };
}

/** Postgres writes its own schema as an empty string. */
const readNamespace = (c: Cursor): string => c.cstring() || 'pg_catalog';
