import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dataLiteral } from './literal.ts';

it('is the same data again, whatever it is', async () => {
  const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));
  const all = fc.sample(json, 300).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const source = `export default [${all.map((data) => dataLiteral(data)).join(', ')}]`;
  const module = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { default: unknown };
  expect(module.default).toEqual(all);
});

it('keeps on one line what fits, and quotes what it must', () => {
  expect(dataLiteral({ a: 1, 'b-c': ["it's"] })).toBe(`{ a: 1, 'b-c': ['it\\'s'] }`);
  expect(dataLiteral({ a: 'x'.repeat(70), b: 'y'.repeat(70) }).split('\n')).toHaveLength(4);
});
