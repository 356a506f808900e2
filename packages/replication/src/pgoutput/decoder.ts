import { DecodeError } from '../errors.ts';
import { Cursor } from './cursor.ts';
import type { PgoutputMessage, Relation, RelationColumn, TextRow } from './messages.ts';

/** Microseconds from the Unix epoch to Postgres's, 2000-01-01. */
const EPOCH = 946_684_800_000_000n;

const IDENTITY: Readonly<Record<number, Relation['replicaIdentity']>> = {
  0x64: 'default',
  0x6e: 'nothing',
  0x66: 'full',
  0x69: 'index',
};

/**
 * Decodes pgoutput messages. It remembers the relations that the server announced on this connection: the server
 * sends each before its first use and again whenever its layout changed.
 */
export class PgoutputDecoder {
  readonly #relations = new Map<number, Relation>();

  /**
   * @param bytes  the payload of one XLogData message
   * @throws {DecodeError} the bytes are not a message of protocol version 1
   */
  decode(bytes: Uint8Array): PgoutputMessage {
    const cursor = new Cursor(bytes);
    const message = this.#read(cursor);
    cursor.end();
    return message;
  }

  #read(c: Cursor): PgoutputMessage {
    const type = c.uint8();
    switch (type) {
      case 0x42: // Begin
        return { kind: 'begin', finalLsn: c.uint64(), commitTime: c.int64() + EPOCH, xid: c.uint32() };
      case 0x43: // Commit
        c.uint8();
        return { kind: 'commit', commitLsn: c.uint64(), endLsn: c.uint64(), commitTime: c.int64() + EPOCH };
      case 0x4f: // Origin
        return { kind: 'origin', lsn: c.uint64(), name: c.cstring() };
      case 0x52: {
        const relation = readRelation(c);
        this.#relations.set(relation.id, relation);
        return { kind: 'relation', relation };
      }
      case 0x59: // Type
        return { kind: 'type', id: c.uint32(), schema: c.cstring(), name: c.cstring() };
      case 0x49: {
        const relation = this.#relation(c);
        expectTuple(c, 0x4e);
        return { kind: 'insert', relation, row: readTuple(c, relation, false) };
      }
      case 0x55:
        return this.#update(c);
      case 0x44: {
        const relation = this.#relation(c);
        const oldKind = oldTupleKind(c);
        return { kind: 'delete', relation, oldKind, old: readTuple(c, relation, oldKind === 'key') };
      }
      case 0x54: {
        const count = c.uint32();
        const options = c.uint8();
        const relations = Array.from({ length: Math.min(count, 10_000) }, () => this.#relation(c));
        return { kind: 'truncate', relations, cascade: (options & 1) !== 0, restartIdentity: (options & 2) !== 0 };
      }
      case 0x4d: {
        const transactional = (c.uint8() & 1) !== 0;
        const lsn = c.uint64();
        const prefix = c.cstring();
        return { kind: 'message', transactional, lsn, prefix, content: c.bytes(c.uint32()) };
      }
      default:
        throw new DecodeError(`Unknown message type 0x${type.toString(16)}`, 0);
    }
  }

  #update(c: Cursor): PgoutputMessage {
    const relation = this.#relation(c);
    const tag = c.uint8();
    if (tag === 0x4e) return { kind: 'update', relation, oldKind: null, old: null, row: readTuple(c, relation, false) };
    const oldKind = tupleKind(tag, c.offset - 1);
    const old = readTuple(c, relation, oldKind === 'key');
    expectTuple(c, 0x4e);
    const row = readTuple(c, relation, false);
    return { kind: 'update', relation, oldKind, old, row: oldKind === 'full' ? { ...old, ...row } : row };
  }

  #relation(c: Cursor): Relation {
    const at = c.offset;
    const id = c.uint32();
    const relation = this.#relations.get(id);
    if (!relation) throw new DecodeError(`Relation ${id} was never announced`, at);
    return relation;
  }
}

function readRelation(c: Cursor): Relation {
  const id = c.uint32();
  const schema = c.cstring() || 'pg_catalog';
  const name = c.cstring();
  const at = c.offset;
  const replicaIdentity = IDENTITY[c.uint8()];
  if (!replicaIdentity) throw new DecodeError('Unknown replica identity', at);
  const columns: RelationColumn[] = [];
  for (let left = c.uint16(); left > 0; left--) {
    const partOfKey = (c.uint8() & 1) !== 0;
    columns.push({ partOfKey, name: c.cstring(), typeOid: c.uint32(), typeModifier: c.int32() });
  }
  return { id, schema, name, replicaIdentity, columns };
}

/** @param keyOnly  the tuple of an old key: other columns are sent as null and mean nothing */
function readTuple(c: Cursor, relation: Relation, keyOnly: boolean): TextRow {
  const at = c.offset;
  const count = c.uint16();
  if (count !== relation.columns.length) {
    throw new DecodeError(`${count} values for ${relation.columns.length} columns of ${relation.name}`, at);
  }
  const row: Record<string, string | null> = {};
  for (const column of relation.columns) {
    const kind = c.uint8();
    const wanted = !keyOnly || column.partOfKey;
    if (kind === 0x74) {
      const value = c.text(c.uint32());
      if (wanted) row[column.name] = value;
    } else if (kind === 0x6e) {
      if (wanted) row[column.name] = null;
    } else if (kind !== 0x75) {
      throw new DecodeError(`Unknown kind of value 0x${kind.toString(16)}`, c.offset - 1);
    }
  }
  return row;
}

const oldTupleKind = (c: Cursor): 'key' | 'full' => tupleKind(c.uint8(), c.offset - 1);

function tupleKind(tag: number, at: number): 'key' | 'full' {
  if (tag === 0x4b) return 'key';
  if (tag === 0x4f) return 'full';
  throw new DecodeError(`Unknown kind of tuple 0x${tag.toString(16)}`, at);
}

function expectTuple(c: Cursor, tag: number): void {
  const at = c.offset;
  if (c.uint8() !== tag) throw new DecodeError('A new tuple was expected', at);
}
