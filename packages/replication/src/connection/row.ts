import { ProtocolError } from '../errors.ts';
import { readUint32 } from './frames.ts';

/** A result column. */
export interface Column {
  readonly name: string;
  readonly typeOid: number;
}

/** A byte order mark at the beginning of a value is part of it. */
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Bytes of a column's description after its name: table, attribute, type, size, modifier, format. */
const AFTER_NAME = 18;

/** Reads the body of a RowDescription. @throws {ProtocolError} */
export function readColumns(body: Uint8Array): Column[] {
  const columns: Column[] = [];
  let at = 2;
  while (at < body.length) {
    const end = body.indexOf(0, at);
    if (end < 0 || end + AFTER_NAME >= body.length) throw new ProtocolError('A row description breaks off');
    columns.push({ name: decoder.decode(body.subarray(at, end)), typeOid: readUint32(body, end + 7) });
    at = end + 1 + AFTER_NAME;
  }
  return columns;
}

/** Reads the body of a DataRow. @throws {ProtocolError} */
export function readDataRow(body: Uint8Array): (string | null)[] {
  const row: (string | null)[] = [];
  let at = 2;
  while (at < body.length) {
    const length = readUint32(body, at) | 0;
    at += 4;
    if (length < 0) {
      row.push(null);
      continue;
    }
    if (at + length > body.length) throw new ProtocolError('A row breaks off');
    row.push(decoder.decode(body.subarray(at, at + length)));
    at += length;
  }
  return row;
}
