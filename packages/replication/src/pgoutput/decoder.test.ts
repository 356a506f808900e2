import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { PgoutputDecoder } from './decoder.ts';

const u8 = (n: number) => [n & 255];
const u16 = (n: number) => [(n >> 8) & 255, n & 255];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n & 0xffff)];
const u64 = (n: bigint) => [...u32(Number((n >> 32n) & 0xffff_ffffn)), ...u32(Number(n & 0xffff_ffffn))];
const letter = (c: string) => u8(c.charCodeAt(0));
const z = (s: string) => [...new TextEncoder().encode(s), 0];
type Value = string | null | undefined;
const value = (v: Value) => {
  if (v === undefined) return letter('u');
  if (v === null) return letter('n');
  const bytes = [...new TextEncoder().encode(v)];
  return [...letter('t'), ...u32(bytes.length), ...bytes];
};
const tuple = (values: Value[]) => [...u16(values.length), ...values.flatMap(value)];
const bytes = (...parts: number[][]) => new Uint8Array(parts.flat());

const relation = bytes(
  letter('R'),
  u32(16400),
  z('public'),
  z('task'),
  letter('f'),
  u16(3),
  u8(1),
  z('id'),
  u32(2950),
  u32(0xffffffff),
  u8(0),
  z('title'),
  u32(25),
  u32(0xffffffff),
  u8(0),
  z('body'),
  u32(25),
  u32(0xffffffff),
);

const decoder = () => {
  const one = new PgoutputDecoder();
  one.decode(relation);
  return one;
};

describe('the decoder', () => {
  it('reads begin and commit with 64-bit positions and Unix times', () => {
    const begin = bytes(letter('B'), u64(0x16b374d848n), u64(1_000_000n), u32(742));
    expect(decoder().decode(begin)).toEqual({
      kind: 'begin',
      finalLsn: 0x16b374d848n,
      commitTime: 946_684_801_000_000n,
      xid: 742,
    });
    const commit = bytes(letter('C'), u8(0), u64(5n), u64(6n), u64(0n));
    expect(decoder().decode(commit)).toMatchObject({ kind: 'commit', commitLsn: 5n, endLsn: 6n });
  });

  it('reads values as Postgres prints them', () => {
    const insert = bytes(letter('I'), u32(16400), letter('N'), tuple(['k', 'Überschrift 🚀', null]));
    expect(decoder().decode(insert)).toMatchObject({
      kind: 'insert',
      row: { id: 'k', title: 'Überschrift 🚀', body: null },
    });
  });

  it('an unchanged TOAST value is filled in from a full old row, and otherwise missing, never null', () => {
    const full = bytes(
      letter('U'),
      u32(16400),
      letter('O'),
      tuple(['k', 'a', 'long']),
      letter('N'),
      tuple(['k', 'b', undefined]),
    );
    expect(decoder().decode(full)).toMatchObject({ oldKind: 'full', row: { id: 'k', title: 'b', body: 'long' } });
    const none = decoder().decode(bytes(letter('U'), u32(16400), letter('N'), tuple(['k', 'b', undefined])));
    expect(none).toMatchObject({ kind: 'update', oldKind: null, row: { id: 'k', title: 'b' } });
    expect(none.kind === 'update' && 'body' in none.row).toBe(false);
  });

  it('an old key has the key’s columns only', () => {
    const deleted = decoder().decode(bytes(letter('D'), u32(16400), letter('K'), tuple(['k', null, null])));
    expect(deleted).toMatchObject({ kind: 'delete', oldKind: 'key', old: { id: 'k' } });
    expect(deleted.kind === 'delete' && Object.keys(deleted.old)).toEqual(['id']);
  });

  it('reads truncates and logical messages', () => {
    expect(decoder().decode(bytes(letter('T'), u32(1), u8(3), u32(16400)))).toMatchObject({
      kind: 'truncate',
      cascade: true,
      restartIdentity: true,
    });
    const message = decoder().decode(bytes(letter('M'), u8(1), u64(9n), z('p'), u32(2), [1, 2]));
    expect(message).toEqual({
      kind: 'message',
      transactional: true,
      lsn: 9n,
      prefix: 'p',
      content: new Uint8Array([1, 2]),
    });
  });

  it.each([
    ['a relation that was never announced', bytes(letter('I'), u32(1), letter('N'), tuple(['k']))],
    ['a tuple of another width', bytes(letter('I'), u32(16400), letter('N'), tuple(['k']))],
    ['an unknown message', bytes(letter('?'))],
    [
      'invalid UTF-8',
      bytes(letter('I'), u32(16400), letter('N'), u16(3), letter('t'), u32(1), [0xff], value('a'), value('b')),
    ],
    ['bytes at the end', bytes(letter('T'), u32(1), u8(0), u32(16400), [0])],
  ])('refuses %s with the offset', (_, message) => {
    expect(() => decoder().decode(message)).toThrow(DecodeError);
  });

  it('bytes that break off anywhere are an error, never a wrong row', () => {
    const insert = bytes(
      letter('U'),
      u32(16400),
      letter('O'),
      tuple(['k', 'a', 'x']),
      letter('N'),
      tuple(['k', 'b', 'yy']),
    );
    fc.assert(
      fc.property(fc.nat({ max: insert.length - 1 }), (length) => {
        expect(() => decoder().decode(insert.subarray(0, length))).toThrow(DecodeError);
      }),
    );
  });
});
