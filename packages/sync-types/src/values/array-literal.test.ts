import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from './errors.ts';
import { parseValue, printValue } from './values.ts';

describe('an array', () => {
  it.each([
    ['integer[]', '{}', []],
    ['integer[]', '{1,NULL,-3}', [1, null, -3]],
    ['integer[]', '{{1,2},{3,4}}', [[1, 2], [3, 4]]], // prettier-ignore
    ['text[]', '{"",NULL,"NULL","null",a b}', ['', null, 'NULL', 'null', 'a b']],
    ['text[]', String.raw`{"\"","\\","{},","a,b"}`, ['"', '\\', '{},', 'a,b']],
    ['text[]', '{"line\nline"}', ['line\nline']],
    ['boolean[]', '{t,f,NULL}', [true, false, null]],
    ['box[]', '{(1,1),(0,0);(2,2),(1,1)}', ['(1,1),(0,0)', '(2,2),(1,1)']],
    ['jsonb[]', String.raw`{"{\"a\": [1]}",NULL,"[1, 2]","\"\\\"\""}`, [{ a: [1] }, null, [1, 2], '"']],
  ])('of type %s is read from %s', (type, text, value) => {
    expect(parseValue(type, text)).toStrictEqual(value);
    expect(parseValue(type, printValue(type, value))).toStrictEqual(value);
  });

  it('drops its lower bounds', () => {
    expect(parseValue('integer[]', '[0:2]={1,2,3}')).toEqual([1, 2, 3]);
    expect(parseValue('integer[]', '[-1:0][2:3]={{1,2},{3,4}}')).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('that breaks off is refused', () => {
    for (const text of ['', 'a', '{', '{1', '{"a', '{1,'])
      expect(() => parseValue('integer[]', text)).toThrow(ValueError);
  });

  it('of any texts comes back the same', () => {
    const item = fc.option(fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        expect(parseValue('text[]', printValue('text[]', items))).toStrictEqual(items);
      }),
    );
    const grid = fc.array(fc.tuple(item, item), { minLength: 1 });
    fc.assert(
      fc.property(grid, (rows) => {
        expect(parseValue('text[]', printValue('text[]', rows))).toStrictEqual(rows);
      }),
    );
  });

  it('of any JSON comes back the same', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (items) => {
        expect(parseValue('jsonb[]', printValue('jsonb[]', items))).toEqual(items);
      }),
    );
  });
});
