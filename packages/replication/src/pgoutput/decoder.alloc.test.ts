import { getHeapStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { PgoutputDecoder } from './decoder.ts';
import type { PgoutputMessage, Relation, Tuple } from './messages.ts';
import { encode } from './testing/encode.ts';

const names = ['id', 'project_id', 'title', 'status', 'done', 'position', 'assignee', 'created_at', 'updated_at'];
const relation: Relation = {
  id: 16400,
  schema: 'public',
  name: 'task',
  replicaIdentity: 'default',
  columns: names.map((name, i) => ({ name, typeOid: 25, typeModifier: -1, partOfKey: i === 0 })),
};
const rows = Array.from({ length: 1000 }, (_, i): Tuple => [
  `0198c2f0-0000-7000-8000-${String(i).padStart(12, '0')}`,
  `0198c2f0-0000-7000-8000-${String(i % 7).padStart(12, '0')}`,
  'Write down what was said '.repeat(1 + (i % 2)).trim(),
  ['todo', 'in_progress', 'done'][i % 3],
  i % 2 === 0 ? 't' : 'f',
  String(i * 37),
  null,
  `2026-01-02 03:04:05.${String(100_000 + i)}+00`,
  `2026-01-02 03:04:05.${String(100_000 + i * 3)}+00`,
]);

/** A string of V8: a header, and one byte a character, in steps of eight bytes. Of one character: made once for all. */
const sizeOf = (value: Tuple[number]): number =>
  typeof value === 'string' && value.length > 1 ? 16 + Math.ceil(value.length / 8) * 8 : 0;

it('a row costs its strings and little more: no view, closure or rope a value', () => {
  const decoder = new PgoutputDecoder();
  decoder.decode(encode({ kind: 'relation', relation }));
  const inserts = rows.map((row) => encode({ kind: 'insert', relation, row }));
  const kept: PgoutputMessage[] = [];
  const decodeAll = (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < inserts.length; i++) kept[i] = decoder.decode(inserts[i] as Uint8Array);
    }
  };
  decodeAll(30);
  // All that was ever allocated, collected or not: a collection in between does not matter.
  const before = getHeapStatistics().total_allocated_bytes;
  decodeAll(100);
  const perRow = (getHeapStatistics().total_allocated_bytes - before) / (100 * rows.length);
  const strings = rows.flat().reduce<number>((sum, value) => sum + sizeOf(value), 0) / rows.length;
  // An array of nine is 120 bytes and the message 48; half as much again is made while the code is not yet compiled. One
  // view or rope for each value would be 800 and more.
  expect(perRow - strings).toBeLessThan(300);
});
