import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyRow, rowKey } from './rows.ts';

it('a key of any columns survives being one string', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.string()),
      (columns, values) => {
        fc.pre(!columns.includes('__proto__'));
        const row = Object.fromEntries(columns.map((column) => [column, values.next().value as string]));
        expect(keyRow(columns, rowKey(columns, row))).toEqual(row);
      },
    ),
  );
});

it('a row without its key is refused', () => {
  expect(() => rowKey(['id'], { title: 'x' })).toThrow(TypeError);
  expect(() => rowKey(['id'], { id: null })).toThrow(TypeError);
});
