import { PGlite } from '@electric-sql/pglite';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { cube } from '@electric-sql/pglite/contrib/cube';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { ltree } from '@electric-sql/pglite/contrib/ltree';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import {
  BUILTIN_TYPES,
  OWN_TYPES_SQL,
  jsonValue,
  parseValue,
  printValue,
  valueType,
} from '@vibestack/sync-types/values';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CASES, SETUP } from './testing/cases.ts';
import { accepted, validatorOf } from './testing/validators.ts';

let server: TestDatabase;
let client: PGlite;

beforeAll(async () => {
  server = await createTestDatabase(inject('postgresUrl'));
  await server.sql.unsafe(SETUP);
  client = await PGlite.create({ extensions: { citext, cube, hstore, ltree } });
  await client.exec(SETUP);
  // As `learnBuiltinTypes` and `learnOwnTypes` of the client do.
  const own = await client.query<{ oid: number; type: string }>(OWN_TYPES_SQL);
  const types = [...BUILTIN_TYPES, ...own.rows.map(({ oid, type }) => [oid, type] as const)];
  for (const [oid, type] of types) {
    const { parse, print } = valueType(type);
    client.parsers[oid] = parse;
    client.serializers[oid] = print;
  }
});

afterAll(async () => {
  await client.close();
  await server.drop();
});

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What the server prints for an expression. */
async function printed(expression: string): Promise<string | null> {
  const rows = await server.sql.unsafe(`select ${expression}`).raw();
  return (rows[0]?.[0] as unknown as Uint8Array | null)?.toString() ?? null;
}

/** What PGlite gives for an expression. */
async function given(expression: string, params: unknown[] = []): Promise<unknown> {
  return (await client.query<{ v: unknown }>(`select ${expression} as v`, params)).rows[0]?.v;
}

/** Reads a value from both, writes it to both and reads it again. */
async function roundTrip(type: string, expression: string): Promise<unknown> {
  const text = await printed(expression);
  const value = parseValue(type, text);
  expect(await given(expression)).toStrictEqual(value);
  const written = printValue(type, value);
  const again = written === null ? null : await printed(`${literal(written)}::${type}`);
  expect(parseValue(type, again)).toStrictEqual(value);
  // The text too, so that nothing is lost of which the value does not tell; json keeps the spaces that it was given.
  if (!type.startsWith('json')) expect(again).toBe(text);
  expect(await given(`$1::${type}`, [value])).toStrictEqual(value);
  return value;
}

const wire = (type: string, value: unknown): unknown => JSON.parse(JSON.stringify(jsonValue(type, value)));

describe.each(CASES)('$type', ({ type, literals, wrong }) => {
  const expressions = literals.map((text) => `${literal(text)}::${type}`);

  it('is called so by both', async () => {
    expect(await printed(`pg_typeof(${expressions[0]})`)).toBe(type);
    expect(await given(`pg_typeof(${expressions[0]})::text`)).toBe(type);
  });

  it.each(expressions)('%s is the same value everywhere, and one that the validator takes', async (expression) => {
    const value = await roundTrip(type, expression);
    expect(validatorOf(type).parse(wire(type, value))).toStrictEqual(wire(type, value));
    // Also from JSON it is written as it was.
    const again = await printed(`${literal(printValue(type, wire(type, value)) ?? '')}::${type}`);
    expect(wire(type, parseValue(type, again))).toStrictEqual(wire(type, value));
  });

  it('is an element of arrays, beside NULL', async () => {
    const array = await roundTrip(`${type}[]`, `array[${[...expressions, 'null'].join(', ')}]::${type}[]`);
    expect(accepted(`${type}[]`, [wire(`${type}[]`, array)])).toHaveLength(1);
    expect(await roundTrip(`${type}[]`, `'{}'::${type}[]`)).toEqual([]);
    const single = await Promise.all(expressions.map((one) => given(one)));
    expect(array).toStrictEqual([...single, null]);
  });

  it.each(wrong)('%j is refused by validator and server', async (value) => {
    expect(accepted(type, [value])).toEqual([]);
    await expect(printed(`${literal(printValue(type, value) ?? '')}::${type}`)).rejects.toThrow();
  });
});

describe('arrays', () => {
  it.each([
    [
      'integer[]',
      `'{{1,NULL},{3,4}}'::integer[]`,
      [
        [1, null],
        [3, 4],
      ],
    ],
    [
      'text[]',
      `array[array['a', '{'], array['NULL', null]]`,
      [
        ['a', '{'],
        ['NULL', null],
      ],
    ],
    ['boolean[]', `'{{{t},{f}}}'::boolean[]`, [[[true], [false]]]],
    ['box[]', `array[array['(1,1),(0,0)'::box], array['(2,2),(1,1)'::box]]`, [['(1,1),(0,0)'], ['(2,2),(1,1)']]],
    ['double precision[]', `array[array['NaN'::float8], array['-0'::float8]]`, [[NaN], [-0]]],
  ])('%s of more dimensions are arrays of arrays', async (type, expression, value) => {
    expect(await roundTrip(type, expression)).toStrictEqual(value);
    expect(accepted(type, [wire(type, value)])).toHaveLength(1);
  });

  it('lose their lower bounds', async () => {
    expect(await given(`'[0:2]={1,2,3}'::integer[]`)).toEqual([1, 2, 3]);
    expect(parseValue('integer[]', await printed(`'[0:2]={1,2,3}'::integer[]`))).toEqual([1, 2, 3]);
  });
});

describe('jsonb', () => {
  it.each(['a', '', 5, true, ['a', null], [], {}, { $json: '12345678901234567890' }])(
    'takes %j as it is',
    async (value) => {
      expect(await given('$1::jsonb', [value])).toStrictEqual(value);
      expect(parseValue('jsonb', await printed(`${literal(printValue('jsonb', value) ?? '')}::jsonb`))).toStrictEqual(
        value,
      );
    },
  );

  it('reads its null as null, and can be told to write it', async () => {
    expect(await given(`'null'::jsonb`)).toBeNull();
    expect(await given(`jsonb_typeof($1)`, [{ $json: 'null' }])).toBe('null');
    expect(await given(`$1::jsonb is null`, [null])).toBe(true);
  });

  it('keeps big numbers as numbers', async () => {
    const value = await given(`'{"n": 12345678901234567890}'::jsonb`);
    expect(await given(`jsonb_typeof($1::jsonb -> 'n')`, [value])).toBe('number');
  });
});

it('a domain has the values of its type', async () => {
  expect(await given(`5::points`)).toBe(5);
  expect(await given(`array[5, null]::points[]`)).toEqual([5, null]);
  expect(await given(`$1::points[]`, [[7]])).toEqual([7]);
});

it('OIDs and names are those of both catalogs', async () => {
  const sql = `select oid::integer, format_type(oid, null) as type from pg_type
    where oid < 10000 and (typtype in ('b', 'r', 'm') and typcategory <> 'A' and typarray <> 0 or oid in (
      select typarray from pg_type where typtype in ('b', 'r', 'm') and typcategory <> 'A'))`;
  const expected = new Map(BUILTIN_TYPES);
  const { rows } = await client.query<{ oid: number; type: string }>(sql);
  expect(new Map(rows.map(({ oid, type }) => [oid, type]))).toEqual(expected);
  const found = await server.sql.unsafe<{ oid: number; type: string }[]>(sql);
  expect(new Map(found.map(({ oid, type }) => [oid, type]))).toEqual(expected);
});
