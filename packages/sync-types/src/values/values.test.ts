import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILTIN_TYPES, ValueError, jsonValue, parseValue, printValue, tsType } from './index.ts';

const text = fc.string({ unit: 'grapheme' });

describe('a value', () => {
  it.each([
    ['integer', '-2147483648', -2147483648],
    ['double precision', '-0', -0],
    ['double precision', 'NaN', NaN],
    ['real', '-Infinity', -Infinity],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['numeric(40,2)', '1.50', '1.50'],
    ['boolean', 't', true],
    ['boolean', 'false', false],
    ['timestamp(3) with time zone', '0044-03-15 12:00:00.123456+00 BC', '0044-03-15 12:00:00.123456+00 BC'],
    ['bytea', '\\x00ff', '\\x00ff'],
    ['public.mood', 'sad', 'sad'],
    ['jsonb', '{"a": [1, null]}', { a: [1, null] }],
  ])('of type %s is read from %s', (type, printed, value) => {
    expect(parseValue(type, printed)).toStrictEqual(value);
    expect(parseValue(type, printValue(type, value))).toStrictEqual(value);
  });

  it('that is NULL is null', () => {
    expect(parseValue('integer', null)).toBeNull();
    expect(printValue('jsonb', null)).toBeNull();
    expect(printValue('jsonb', undefined)).toBeNull();
  });

  it('of any number comes back the same', () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        expect(parseValue('double precision', printValue('double precision', number))).toStrictEqual(number);
      }),
    );
  });

  it('of another JavaScript type is written where nothing is lost', () => {
    expect(printValue('bigint', 9007199254740993n)).toBe('9007199254740993');
    expect(printValue('bigint', 7)).toBe('7');
    expect(printValue('bytea', new Uint8Array([0, 255]))).toBe('\\x00ff');
    expect(printValue('timestamp with time zone', new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(printValue('integer[]', '{1,2}')).toBe('{1,2}');
  });

  it('that would be stored as something else is refused', () => {
    expect(() => printValue('text', {})).toThrow(ValueError);
    expect(() => printValue('text', '\ud83d')).toThrow(ValueError);
    expect(() => printValue('text[]', ['a', '\udc00'])).toThrow(ValueError);
    expect(() => printValue('jsonb', { a: NaN })).toThrow(ValueError);
    expect(() => printValue('jsonb', 1n)).toThrow(ValueError);
  });
});

it('the TypeScript type follows the type', () => {
  expect(['smallint', 'numeric(8,2)', 'jsonb', 'boolean[]', 'character varying(3)[]', 'mood'].map(tsType)).toEqual([
    'number',
    'string',
    'unknown',
    'boolean[]',
    'string[]',
    'string',
  ]);
});

it('numbers that JSON does not have are texts there', () => {
  expect(jsonValue('real', Infinity)).toBe('Infinity');
  expect(jsonValue('double precision[]', [[NaN, 1], null])).toEqual([['NaN', 1], null]);
  expect(jsonValue('integer', 5)).toBe(5);
  expect(printValue('real', '-Infinity')).toBe('-Infinity');
});

it('every built-in type has its array', () => {
  expect(BUILTIN_TYPES.get(23)).toBe('integer');
  expect(BUILTIN_TYPES.get(1007)).toBe('integer[]');
  expect(BUILTIN_TYPES.get(1020)).toBe('box[]');
});

it('a text is a value of every type that is not told apart', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(parseValue('citext', printValue('citext', value))).toBe(value);
    }),
  );
});
