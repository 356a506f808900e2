import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { PgoutputDecoder } from './decoder.ts';
import type { PgoutputMessage } from './messages.ts';
import { messages } from './testing/arbitrary.ts';
import { bytes, cstring, encode, letter, tuple, u16, u32, u64, u8 } from './testing/encode.ts';

/** What comes of `last` after the messages before it: a message, or an error with its place. Nothing else. */
function outcome(before: readonly PgoutputMessage[], last: Uint8Array): PgoutputMessage | DecodeError {
  const decoder = new PgoutputDecoder();
  for (const message of before) decoder.decode(encode(message));
  try {
    return decoder.decode(last);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(last.length);
    return error;
  }
}

/** Messages that a server may send, and the last of them once more as bytes. */
const sequences = fc
  .tuple(messages, fc.nat())
  .map(([sent, at]) => sent.slice(0, (at % sent.length) + 1))
  .map((sent) => ({ before: sent.slice(0, -1), last: encode(sent[sent.length - 1] as PgoutputMessage) }));

describe('damaged bytes', () => {
  it('that break off anywhere are an error, never a shorter row', () => {
    fc.assert(
      fc.property(sequences, ({ before, last }) => {
        for (let length = 0; length < last.length; length++) {
          expect(outcome(before, last.subarray(0, length))).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });

  it('that go on after the end are an error', () => {
    fc.assert(
      fc.property(sequences, fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ before, last }, more) => {
        expect(outcome(before, new Uint8Array([...last, ...more]))).toBeInstanceOf(DecodeError);
      }),
    );
  });

  it('with one byte changed are an error or another whole message, which its own bytes give again', () => {
    fc.assert(
      fc.property(sequences, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ before, last }, place, change) => {
        const damaged = last.slice();
        const at = place % damaged.length;
        damaged[at] = (damaged[at] as number) ^ change;
        const message = outcome(before, damaged);
        if (message instanceof DecodeError) return;
        if ('row' in message) expect(message.row).toHaveLength(message.relation.columns.length);
        if ('old' in message && message.old !== null) expect(message.old).toHaveLength(message.relation.columns.length);
        expect(outcome(before, encode(message))).toStrictEqual(message);
      }),
      { numRuns: 3000 },
    );
  });

  it('that are noise are an error or a message', () => {
    const types = fc.constantFrom(...'BCORYIUDTMSEcA'.split('').map((c) => c.charCodeAt(0)));
    fc.assert(
      fc.property(sequences, types, fc.uint8Array({ maxLength: 60 }), ({ before }, type, noise) => {
        outcome(before, new Uint8Array([type, ...noise]));
      }),
      { numRuns: 2000 },
    );
  });
});

const relation: PgoutputMessage = {
  kind: 'relation',
  relation: {
    id: 16400,
    schema: 'public',
    name: 'task',
    replicaIdentity: 'default',
    columns: [
      { name: 'id', typeOid: 23, typeModifier: -1, partOfKey: true },
      { name: 'title', typeOid: 25, typeModifier: -1, partOfKey: false },
    ],
  },
};
const insert = (...rest: number[][]) => bytes(letter('I'), u32(16400), letter('N'), ...rest);
const start: PgoutputMessage = { kind: 'stream-start', xid: 7, first: true };
const stop: PgoutputMessage = { kind: 'stream-stop' };
const times = [u64(1n), u64(2n), u64(3n)].flat();

describe('the decoder refuses, with the place,', () => {
  it.each<[string, number, Uint8Array]>([
    ['an unknown message', 0, bytes(letter('?'))],
    ['a prepared transaction, which needs version 3', 0, bytes(letter('b'), times, u32(1))],
    ['a relation that was never announced', 1, bytes(letter('I'), u32(1), letter('N'), tuple(['1', 'a']))],
    ['a row of fewer columns', 6, insert(tuple(['1']))],
    ['a row of more columns', 6, insert(tuple(['1', 'a', 'b']))],
    ['65,535 columns', 6, insert(u16(0xffff))],
    ['an unknown kind of value', 8, insert(u16(2), letter('x'))],
    ['an old row instead of a new one', 5, bytes(letter('I'), u32(16400), letter('O'), tuple(['1', 'a']))],
    ['a delete with a new row', 5, bytes(letter('D'), u32(16400), letter('N'), tuple(['1', 'a']))],
    ['a value of 2 GB', 13, insert(u16(2), letter('t'), u32(0x7fff_ffff), [1, 2])],
    ['a value of negative length', 9, insert(u16(2), letter('t'), u32(0xffff_ffff), [1, 2])],
    ['a binary value of 2 GB', 13, insert(u16(2), letter('b'), u32(0x7fff_ffff), [1, 2])],
    ['a binary value of negative length', 9, insert(u16(2), letter('b'), u32(0x8000_0000), [1, 2])],
    ['a short value that is not UTF-8', 13, insert(u16(2), letter('t'), u32(1), [0xff], letter('n'))],
    [
      'a long value that is not UTF-8',
      13,
      insert(u16(2), letter('t'), u32(100), Array<number>(99).fill(65), [0xc3], letter('n')),
    ],
    ['a surrogate in UTF-8', 13, insert(u16(2), letter('t'), u32(3), [0xed, 0xa0, 0x80], letter('n'))],
    ['a name without an end', 5, bytes(letter('R'), u32(1), [65, 66])],
    ['an unknown replica identity', 9, bytes(letter('R'), u32(1), cstring('a'), cstring('b'), letter('x'), u16(0))],
    [
      'unknown flags of a column',
      12,
      bytes(letter('R'), u32(1), cstring('a'), cstring('b'), letter('d'), u16(1), u8(2)),
    ],
    ['4 billion truncated relations', 1, bytes(letter('T'), u32(0xffff_ffff), u8(0), u32(16400))],
    ['2^30 truncated relations, whose bytes overflow 32 bits', 1, bytes(letter('T'), u32(0x4000_0000), u8(0))],
    ['unknown options of a truncate', 5, bytes(letter('T'), u32(1), u8(4), u32(16400))],
    ['unknown flags of a commit', 1, bytes(letter('C'), u8(1), times)],
    ['a logical message of 4 GB', 11, bytes(letter('M'), u8(0), u64(1n), cstring(''), u32(0xffff_ffff))],
    ['a block that ends and never began', 0, bytes(letter('E'))],
    ['a streamed transaction that goes on and never began', 1, bytes(letter('S'), u32(7), u8(0))],
    ['a streamed transaction of id 0', 1, bytes(letter('S'), u32(0), u8(1))],
    ['the commit of a transaction that was not streamed', 1, bytes(letter('c'), u32(7), u8(0), times)],
  ])('%s', (_, offset, last) => {
    expect(outcome([relation], last)).toMatchObject({ name: 'DecodeError', code: 'decode_error', offset });
  });

  it.each<[string, number, Uint8Array]>([
    ['another block', 0, bytes(letter('S'), u32(8), u8(1))],
    ['a begin', 0, bytes(letter('B'), u64(1n), u64(1n), u32(9))],
    ['a commit', 0, bytes(letter('C'), u8(0), times)],
    ['a streamed commit', 0, bytes(letter('c'), u32(7), u8(0), times)],
    ['an abort', 0, bytes(letter('A'), u32(7), u32(7))],
    ['a change of transaction 0', 1, bytes(letter('I'), u32(0), u32(16400), letter('N'), tuple(['1', 'a']))],
    ['a change without its transaction', 5, insert(tuple(['1', 'a']))],
  ])('within a streamed block %s', (_, offset, last) => {
    expect(outcome([relation, start], last)).toMatchObject({ name: 'DecodeError', offset });
  });

  it('a streamed transaction that begins twice', () => {
    expect(outcome([start, stop], encode(start))).toMatchObject({ name: 'DecodeError', offset: 1 });
  });

  it('a streamed abort with the place and time of version 4', () => {
    const abort = bytes(letter('A'), u32(7), u32(7), u64(1n), u64(1n));
    expect(outcome([start, stop], abort)).toMatchObject({ name: 'DecodeError', offset: 9 });
  });

  it('a relation with bytes at its end, and does not remember it', () => {
    const decoder = new PgoutputDecoder();
    expect(() => decoder.decode(new Uint8Array([...encode(relation), 0]))).toThrow(DecodeError);
    expect(() => decoder.decode(insert(tuple(['1', 'a'])))).toThrow('never announced');
  });
});
