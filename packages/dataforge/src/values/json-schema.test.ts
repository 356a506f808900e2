import { expect, it } from 'vitest';
import { jsonSchemaOf } from './json-schema.ts';

it.each([
  ['boolean', { type: 'boolean' }],
  ['smallint', { type: 'integer', minimum: -32768, maximum: 32767 }],
  ['double precision', { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] }],
  ['bigint', { type: 'string', pattern: String.raw`^(?:0|-?[1-9]\d*)$` }],
  ['uuid', { type: 'string', format: 'uuid' }],
  ['text', { type: 'string' }],
  ['character varying(20)', { type: 'string', maxLength: 20 }],
  ['name', { type: 'string', maxLength: 63 }],
  ['public.mood', { type: 'string' }],
  ['jsonb', { not: { type: 'null' } }],
  ['bytea', { type: 'string', pattern: String.raw`^(?:\\x(?:[0-9a-f]{2})*)$` }],
  [
    'integer[]',
    {
      type: 'array',
      items: {
        anyOf: [{ type: 'integer', minimum: -2147483648, maximum: 2147483647 }, { type: 'null' }, { type: 'array' }],
      },
    },
  ],
])('%s is described', (type, schema) => {
  expect(jsonSchemaOf(type)).toEqual(schema);
});

it('a pattern is one of JSON Schema', () => {
  const { pattern } = jsonSchemaOf('timestamp with time zone');
  expect(new RegExp(pattern as string, 'u').test('2024-01-01 00:00:00+00')).toBe(true);
});
