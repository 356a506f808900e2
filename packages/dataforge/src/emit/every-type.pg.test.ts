import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { cube } from '@electric-sql/pglite/contrib/cube';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { ltree } from '@electric-sql/pglite/contrib/ltree';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { Column, Entity, type ColumnType } from 'typeorm';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Domain, DomainEntity, Scope, domain, globalScope } from '../decorators/index.ts';
import { buildModel } from '../ir/build-model.ts';
import { syncSchema } from './sync-schema.ts';
import { sideOf } from '../ir/side.ts';
import { CASES } from '../values/testing/cases.ts';
import { wantedSql } from './wanted.ts';

/** Types that have no place in a table of an application, or that TypeORM cannot name. */
const NO_COLUMN = new Set(['"char"', 'name', 'oid', 'pg_lsn']);

const mood = domain('mood_score', { type: 'smallint', check: 'value between 0 and 10' });
class Everything extends DomainEntity {}

interface TypedColumn {
  readonly name: string;
  readonly literals: readonly string[];
}

/** A column of each type, and of arrays of it; each may be null. */
function declare(): TypedColumn[] {
  const columns: TypedColumn[] = [];
  const add = (name: string, options: object, literals: readonly string[]) => {
    Column({ nullable: true, ...options })(Everything.prototype, name);
    columns.push({ name, literals });
  };
  for (const { type, literals } of CASES) {
    if (NO_COLUMN.has(type.replace('[]', ''))) continue;
    const isArray = type.endsWith('[]');
    const named = { type: type.replace('[]', '') as ColumnType, array: isArray };
    if (/^(own_|own\b)/.test(type) || !isKnown(named.type as string)) continue;
    add(`c_${columns.length}`, named, literals);
  }
  add('c_enum', { type: 'enum', enum: ['sad', "it's", 'a,b'], enumName: 'Mood of day' }, ['sad', "it's", 'a,b']);
  add('c_enums', { type: 'enum', enum: ['sad', "it's", 'a,b'], enumName: 'Mood of day', array: true }, [
    '{}',
    `{sad,"a,b",NULL}`,
  ]);
  add('c_domain', { type: 'smallint' }, ['0', '10']);
  Domain(mood)(Everything.prototype, 'c_domain');
  add('c_varchar', { type: 'varchar', length: 3 }, ['', 'abc', '😀é́']);
  add('c_char', { type: 'char', length: 4 }, ['ab  ', '']);
  add('c_numeric', { type: 'numeric', precision: 8, scale: 2 }, ['999999.99', '-0.01']);
  add('c_times', { type: 'timestamptz', precision: 3, array: true }, ['{"2026-03-29 01:00:00.123+00"}']);
  add('c_made', { type: 'uuid', default: () => 'uuidv7()' }, ['0190b0a0-0000-7000-8000-000000000002']);
  add('c_bits', { type: 'bit', length: 5 }, ['10101']);
  Scope(globalScope)(Everything);
  Entity('everything')(Everything);
  return columns;
}

const isKnown = (type: string): boolean =>
  /^(smallint|integer|bigint|numeric|real|double precision|money|text|character varying|character|citext|hstore|ltree|cube|bytea|bit|bit varying|boolean|date|time.*|interval|point|line|lseg|box|path|polygon|circle|cidr|inet|macaddr8?|tsvector|tsquery|uuid|xml|jsonb?|\w+range)$/.test(
    type,
  );

const columns = declare();
const model = await buildModel([Everything]);
let server: TestDatabase;
let client: PGlite;

beforeAll(async () => {
  server = await createTestDatabase(inject('postgresUrl'));
  await server.sql.begin((tx) => tx.unsafe(`set local check_function_bodies = off; ${wantedSql(model, 'server')}`));
  client = await PGlite.create({ extensions: { btree_gist, citext, cube, hstore, ltree } });
  await client.exec(wantedSql(model, 'client'));
});

afterAll(async () => {
  await client.close();
  await server.drop();
});

const TYPES = `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
  from pg_attribute where attrelid = 'everything'::regclass and attnum > 0 order by attnum`;

it('a column of each type is the same on both sides, and as the model says', async () => {
  const onServer = [...(await server.sql.unsafe(TYPES))];
  expect((await client.query(TYPES)).rows).toEqual(onServer);
  const declared = model.tables[0]?.columns.map(({ name, type, nullable }) => ({ name, type, required: !nullable }));
  expect(declared).toEqual(onServer);
  expect(columns.length).toBeGreaterThan(45);
});

it.each(columns)('values of $name come and go without a change', async ({ name, literals }) => {
  const type =
    syncSchema(sideOf(model, 'client'), 1).tables[0]?.columns.find((column) => column.name === name)?.type ?? '';
  const id = '0190b0a0-0000-7000-8000-000000000001';
  for (const literal of [...literals, null]) {
    await server.sql`delete from everything`;
    await client.exec('delete from everything');
    await server.sql.unsafe(`insert into everything (id, "${name}") values ($1, $2::text::${type})`, [id, literal]);
    const [down] = await server.sql.unsafe<{ v: string | null }[]>(`select "${name}"::text as v from everything`);
    // As changes travel: text, cast where it arrives.
    await client.query(`insert into everything (id, "${name}") values ($1, $2::text::${type})`, [id, down?.v ?? null]);
    const local = await client.query<{ v: string | null; same: boolean }>(
      `select "${name}"::text as v from everything`,
    );
    expect(local.rows[0]?.v).toBe(down?.v);
    await server.sql.unsafe(`update everything set "${name}" = $1::text::${type}`, [local.rows[0]?.v ?? null]);
    expect(await server.sql.unsafe(`select "${name}"::text as v from everything`)).toEqual([{ v: down?.v ?? null }]);
  }
});

it('an id of version 7 is made by either side that is asked', async () => {
  const made = 'insert into everything (id) values (gen_random_uuid()) returning c_made::text as v';
  for (const [row] of [
    await server.sql.unsafe<{ v: string }[]>(made),
    (await client.query<{ v: string }>(made)).rows,
  ]) {
    expect(row?.v).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  }
});
