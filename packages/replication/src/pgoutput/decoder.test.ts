import { describe, expect, it } from 'vitest';
import { PgoutputDecoder } from './decoder.ts';
import { tupleToRow } from './messages.ts';
import { bytes, cstring, letter, tuple, u16, u32, u64, u8 } from './testing/encode.ts';

const column = (key: boolean, name: string, type: number) => [
  ...u8(key ? 1 : 0),
  ...cstring(name),
  ...u32(type),
  ...u32(0xffff_ffff),
];
const relation = bytes(
  letter('R'),
  u32(16400),
  cstring('public'),
  cstring('task'),
  letter('f'),
  u16(3),
  column(true, 'id', 2950),
  column(false, 'title', 25),
  column(false, 'body', 25),
);

const decode = (...parts: number[][]) => {
  const decoder = new PgoutputDecoder();
  decoder.decode(relation);
  return decoder.decode(bytes(...parts));
};

describe('the decoder', () => {
  it('reads begin and commit with 64-bit positions and Unix times', () => {
    expect(decode(letter('B'), u64(0x16b374d848n), u64(1_000_000n), u32(742))).toStrictEqual({
      kind: 'begin',
      finalLsn: 0x16b374d848n,
      commitTime: 946_684_801_000_000n,
      xid: 742,
    });
    expect(decode(letter('C'), u8(0), u64(5n), u64(0xffff_ffff_ffff_ffffn), u64(-1n))).toStrictEqual({
      kind: 'commit',
      commitLsn: 5n,
      endLsn: 0xffff_ffff_ffff_ffffn,
      commitTime: 946_684_799_999_999n,
    });
  });

  it('reads a layout, with Postgres’s own schema by its name', () => {
    const message = decode(letter('R'), u32(0xffff_fff0), cstring(''), cstring('t'), letter('i'), u16(1), [
      ...column(true, 'a', 1043),
    ]);
    const columns = [{ partOfKey: true, name: 'a', typeOid: 1043, typeModifier: -1 }];
    const told = { id: 0xffff_fff0, schema: 'pg_catalog', name: 't', replicaIdentity: 'index', columns };
    expect(message).toStrictEqual({ kind: 'relation', relation: told });
  });

  it.each(['', 'k', 'Überschrift 🚀', 'x'.repeat(64), 'x'.repeat(65), 'ü'.repeat(32), 'ü'.repeat(33), '\ufeffmark'])(
    'reads values as Postgres prints them: %j',
    (value) => {
      const insert = decode(letter('I'), u32(16400), letter('N'), tuple(['k', value, null]));
      expect(insert.kind === 'insert' && insert.row).toStrictEqual(['k', value, null]);
    },
  );

  it('reads binary values as copies, also from arrays whose slices are views, like those of Node', () => {
    class Views extends Uint8Array<ArrayBuffer> {
      override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(start, end);
      }
    }
    const decoder = new PgoutputDecoder();
    decoder.decode(relation);
    const values = ['k', new Uint8Array([1, 2, 255]), new Uint8Array(0)];
    const input = Views.from(bytes(letter('I'), u32(16400), letter('N'), tuple(values)));
    const insert = decoder.decode(input);
    input.fill(0);
    expect(insert.kind === 'insert' && insert.row).toStrictEqual(values);
  });

  it('fills an unchanged TOAST value in from a full old row, and leaves it undefined otherwise, never null', () => {
    const next = [...letter('N'), ...tuple(['k', null, undefined])];
    const full = decode(letter('U'), u32(16400), letter('O'), tuple(['k', 'a', 'long']), next);
    expect(full).toMatchObject({ oldKind: 'full', old: ['k', 'a', 'long'], row: ['k', null, 'long'] });
    const none = decode(letter('U'), u32(16400), next);
    expect(none.kind === 'update' && [none.oldKind, none.old, none.row]).toStrictEqual([
      null,
      null,
      ['k', null, undefined],
    ]);
    const key = decode(letter('U'), u32(16400), letter('K'), tuple(['j', null, null]), next);
    expect(key.kind === 'update' && [key.oldKind, key.old, key.row]).toStrictEqual([
      'key',
      ['j', undefined, undefined],
      ['k', null, undefined],
    ]);
  });

  it('has columns outside the identity undefined in an old key, whatever was sent for them', () => {
    const deleted = decode(letter('D'), u32(16400), letter('K'), tuple(['k', null, 'sent']));
    expect(deleted.kind === 'delete' && deleted.old).toStrictEqual(['k', undefined, undefined]);
    expect(deleted.kind === 'delete' && tupleToRow(deleted.relation, deleted.old)).toStrictEqual({ id: 'k' });
  });

  it('reads truncates of several tables, and logical messages', () => {
    expect(decode(letter('T'), u32(2), u8(3), u32(16400), u32(16400))).toMatchObject({
      kind: 'truncate',
      cascade: true,
      restartIdentity: true,
      relations: [{ name: 'task' }, { name: 'task' }],
    });
    expect(decode(letter('M'), u8(1), u64(9n), cstring('p'), u32(2), [1, 2])).toStrictEqual({
      kind: 'message',
      transactional: true,
      lsn: 9n,
      prefix: 'p',
      content: new Uint8Array([1, 2]),
    });
  });

  it('reads a table without columns', () => {
    const decoder = new PgoutputDecoder();
    decoder.decode(bytes(letter('R'), u32(1), cstring('public'), cstring('t'), letter('n'), u16(0)));
    expect(decoder.decode(bytes(letter('I'), u32(1), letter('N'), u16(0)))).toMatchObject({ kind: 'insert', row: [] });
  });
});
