import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, printJson } from './json-value.ts';

describe('a number in JSON', () => {
  it.each(['0', '1.0', '1e2', '0.1', '-1.5E-7', '9007199254740992', '5e-324', '1.7976931348623157e308', '0.000', '-0'])(
    '%s is a number',
    (text) => {
      expect(parseJson(text)).toStrictEqual(Number(text));
    },
  );

  it.each(['9007199254740993', '12345678901234567890', '1e400', '-1e-400', '0.12345678901234567890', '2e-324'])(
    '%s is no double, so it stands aside and comes back',
    (text) => {
      const value = parseJson(`{"a": [${text}]}`);
      expect(value).toEqual({ a: [{ $json: text }] });
      expect(printJson(value)).toBe(`{"a":[${text}]}`);
    },
  );

  it('within a string is not touched', () => {
    const text = String.raw`["12345678901234567890","\" 12345678901234567890 \\"]`;
    expect(printJson(parseJson(text))).toBe(text);
  });
});

describe('an object that looks like a number that stands aside', () => {
  it.each([
    ['{"$json": "12"}', { $$json: '12' }],
    [String.raw`[{"\u0024json":"\u0031"}]`, [{ $$json: '1' }]],
    ['{"$$json":"null"}', { $$$json: 'null' }],
  ])('%s gets one more $', (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(JSON.parse(printJson(value))).toEqual(JSON.parse(text));
  });

  it.each([
    '{"$json":"twelve"}',
    '{"$json":12}',
    '{"$json":"1","b":2}',
    '{"a":"{\\"$json\\":\\"1\\"}"}',
    '["{","$json"]',
  ])('%s is an object like any other', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(printJson(parseJson(text))).toBe(text);
  });
});

it('JSON’s own null can be written', () => {
  expect(printJson({ $json: 'null' })).toBe('null');
});

it('any JSON comes back the same', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, { $json: '12345678901234567890' }, { $$json: '1' }, { $json: 'x' }),
      fc.array(tie('tree')),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$json', '$$json', 'a"b')), tie('tree')),
    ),
  }));
  const isTagged = (text: string) => /\{"\$json":"[^"]*"\}/.test(text);
  fc.assert(
    fc.property(tree, (value) => {
      const text = printJson(value);
      // A tag that holds a number which is a double after all is that number when it comes back.
      if (!isTagged(JSON.stringify(value))) expect(parseJson(text)).toEqual(value);
      expect(printJson(parseJson(text))).toBe(text);
    }),
  );
});

it('any JSON text keeps its meaning', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(printJson(parseJson(text)))).toEqual(parseJson(text));
    }),
  );
});
