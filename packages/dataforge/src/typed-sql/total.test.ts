import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadFacts } from './load-facts.ts';
import { TreeNode } from './node-tree.ts';
import { DECIDING, ENDLESS_PARTS, isTotalFunction, isTotalOperator } from './total.ts';

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create();
  await db.exec(`create function pg_temp.is_null(expression text) returns boolean language plpgsql as $$
    declare answer boolean;
    begin
      execute format('select (%s) is not distinct from null', expression) into answer;
      return answer;
    exception when others then
      return null;
    end $$`);
});
afterAll(() => db.close());

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  smallint: ['0', '-1', '3'],
  integer: ['0', '-1', '3'],
  bigint: ['0', '-1', '3'],
  numeric: ['0', '-1.5', 'NaN', 'Infinity'],
  real: ['0', '-1.5', 'NaN', 'Infinity'],
  'double precision': ['0', '-1.5', 'NaN', 'Infinity'],
  money: ['0', '-1.5'],
  boolean: ['t', 'f'],
  text: ['', 'a', '%', 'day'],
  character: ['', 'a'],
  '"char"': ['', 'a'],
  name: ['', 'a'],
  'character varying': ['', 'a'],
  bytea: ['', 'a'],
  bit: ['1', '0'],
  'bit varying': ['', '101'],
  uuid: ['00000000-0000-0000-0000-000000000000'],
  date: ['2000-02-03', 'infinity', '-infinity'],
  'time without time zone': ['12:00', '24:00'],
  'time with time zone': ['12:00+1'],
  'timestamp without time zone': ['2000-02-03 04:05', 'infinity', '-infinity'],
  'timestamp with time zone': ['2000-02-03 04:05', 'infinity', '-infinity'],
  interval: ['0', '1 day', 'infinity', '-infinity'],
  json: ['null', '{}', '[1, null]', '"a"', '{"a": null}'],
  jsonb: ['null', '{}', '[1, null]', '"a"', '{"a": null}'],
  inet: ['1.2.3.4', '::1'],
  cidr: ['1.2.3.0/24'],
  macaddr: ['08:00:2b:01:02:03'],
  tsvector: ['', 'a:1'],
  tsquery: ['', 'a'],
  oid: ['0', '16'],
  regconfig: ['simple'],
  int4range: ['empty', '[1,)', '(,)'],
  anyrange: ['empty', '[1,)', '(,)'],
  anymultirange: ['{}', '{[1,)}'],
  anyelement: ['0'],
  anynonarray: ['0'],
  anycompatible: ['0'],
  anycompatiblenonarray: ['0'],
  anyarray: ['{}', '{1,null}'],
  anycompatiblearray: ['{}', '{1,null}'],
  'text[]': ['{}', '{a,null}', '{a,b}'],
  'integer[]': ['{}', '{1,null}', '{2}'],
};
/** What polymorphic arguments are in the trials. */
const STAND_INS: Readonly<Record<string, string>> = {
  anyrange: 'int4range',
  anymultirange: 'int4multirange',
  anyelement: 'integer',
  anynonarray: 'integer',
  anycompatible: 'integer',
  anycompatiblenonarray: 'integer',
  anyarray: 'integer[]',
  anycompatiblearray: 'integer[]',
};

/** @returns each choice of one sample per type; none when a type has no samples */
function choices(types: readonly string[]): string[][] {
  return types.reduce<string[][]>(
    (all, type) =>
      all.flatMap((before) =>
        (SAMPLES[type] ?? []).map((sample) => [...before, `'${sample}'::${STAND_INS[type] ?? type}`]),
      ),
    [[]],
  );
}

async function tried(calls: readonly string[]): Promise<{ answered: number; nulls: string[] }> {
  const { rows } = await db.query<{ call: string; missing: boolean | null }>(
    'select call, pg_temp.is_null(call) as missing from unnest($1::text[]) as call',
    [calls],
  );
  return {
    answered: rows.filter(({ missing }) => missing === false).length,
    nulls: rows.filter(({ missing }) => missing === true).map(({ call }) => call),
  };
}

async function factsOf(field: string, oids: readonly number[]) {
  const nodes = oids.map((oid) => new TreeNode('CALL', new Map([[field, String(oid)]])));
  return loadFacts(db, new TreeNode('CALLS', new Map([['all', nodes]])));
}

it('total functions have an answer for everything', async () => {
  const { rows } = await db.query<{ oid: number; name: string; args: string[] }>(
    `select p.oid, p.proname as name, array(select format_type(t, null) from unnest(p.proargtypes) t) as args
     from pg_proc p where prokind = 'f' and not proretset and pronamespace = 'pg_catalog'::regnamespace`,
  );
  const facts = await factsOf(
    'funcid',
    rows.map(({ oid }) => oid),
  );
  const total = rows.filter(({ oid }) => {
    const fact = facts.functions.get(oid);
    return fact !== undefined && isTotalFunction(fact);
  });
  const { answered, nulls } = await tried(
    total.flatMap(({ name, args }) => choices(args).map((values) => `pg_catalog."${name}"(${values.join(', ')})`)),
  );
  expect(nulls).toEqual([]);
  expect(answered).toBeGreaterThan(1500);
});

it('total operators have an answer for everything', async () => {
  const { rows } = await db.query<{ oid: number; name: string; left: string | null; right: string }>(
    `select oid, oprname as name, format_type(nullif(oprleft, 0), null) as left, format_type(oprright, null) as right
     from pg_operator where oprnamespace = 'pg_catalog'::regnamespace`,
  );
  const facts = await factsOf(
    'opno',
    rows.map(({ oid }) => oid),
  );
  const total = rows.filter(({ oid }) => {
    const fact = facts.operators.get(oid);
    return fact !== undefined && isTotalOperator(fact);
  });
  const { answered, nulls } = await tried(
    total.flatMap(({ name, left, right }) =>
      left === null
        ? choices([right]).map(([value]) => `${name} ${value}`)
        : choices([left, right]).map((values) => values.join(` ${name} `)),
    ),
  );
  expect(nulls).toEqual([]);
  expect(answered).toBeGreaterThan(1500);
});

it('endless times have their endless parts', async () => {
  const times = [...choices(['timestamp with time zone']), ...choices(['interval']), ...choices(['date'])].flat();
  const calls = [...ENDLESS_PARTS].flatMap((part) => times.map((time) => `extract(${part} from ${time})`));
  const { answered, nulls } = await tried(calls);
  expect(nulls).toEqual([]);
  expect(answered).toBeGreaterThan(40);
});

it('of functions that do not mind nulls, only the first arguments decide', async () => {
  const calls = [...DECIDING].map(
    ([name, count]) => `${name}(${[...Array<string>(count).fill(`'a'`), `null::text`].join()})`,
  );
  const { nulls } = await tried(calls);
  expect(nulls).toEqual([]);
});
