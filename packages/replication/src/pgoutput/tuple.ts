import { DecodeError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { Relation, Tuple, Value } from './messages.ts';

/** @throws {DecodeError} not TupleData of this relation */
export function readTuple(c: Cursor, relation: Relation): Tuple {
  const row = widthOf(c, relation);
  for (let i = 0; i < row.length; i++) row[i] = readValue(c);
  return row;
}

/**
 * The new row of an update.
 *
 * @param old  the whole old row, from which unchanged TOAST values are taken
 */
export function readTupleOver(c: Cursor, relation: Relation, old: Tuple): Tuple {
  const row = widthOf(c, relation);
  for (let i = 0; i < row.length; i++) {
    const value = readValue(c);
    row[i] = value === undefined ? old[i] : value;
  }
  return row;
}

/** An old key: columns outside the identity are sent as null and mean nothing. */
export function readKey(c: Cursor, relation: Relation): Tuple {
  const row = widthOf(c, relation);
  for (let i = 0; i < row.length; i++) {
    const value = readValue(c);
    row[i] = relation.columns[i]?.partOfKey ? value : undefined;
  }
  return row;
}

/** Checked before anything is allocated for it. */
function widthOf(c: Cursor, relation: Relation): Value[] {
  const at = c.offset;
  const count = c.uint16();
  const { columns, name } = relation;
  if (count !== columns.length) throw new DecodeError(`${count} values for ${columns.length} columns of ${name}`, at);
  return new Array<Value>(count);
}

function readValue(c: Cursor): Value {
  const kind = c.uint8();
  switch (kind) {
    case 0x74: // t
      return c.text();
    case 0x6e: // n
      return null;
    case 0x75: // u
      return undefined;
    case 0x62: // b
      return c.bytes();
    default:
      throw new DecodeError(`Unknown kind of value 0x${kind.toString(16)}`, c.offset - 1);
  }
}
