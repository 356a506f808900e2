import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactJson, parseExactJson } from './exact-json.ts';

it('rows without odd numbers are plain JSON', () => {
  expect(exactJson([{ n: 1, t: 'a\nb', x: null }])).toBe('[{"n":1,"t":"a\\nb","x":null}]');
});

it('NaN, the infinities and -0 arrive, wherever they are', () => {
  const rows = [{ n: NaN }, { n: null, list: [1, [-Infinity, -0]], json: { a: [{ b: Infinity }] } }, NaN];
  expect(parseExactJson(exactJson(rows))).toStrictEqual(rows);
  expect(parseExactJson(exactJson(-0))).toBe(-0);
});

it('null is told from NaN', () => {
  expect(exactJson([NaN])).not.toBe(exactJson([null]));
});

it('any value arrives', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.double(),
      fc.constantFrom(null, true, NaN, -0),
      fc.array(tie('tree')),
      fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(parseExactJson(exactJson(value))).toStrictEqual(value);
    }),
  );
});
