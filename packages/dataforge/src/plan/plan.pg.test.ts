import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readCatalog } from '../catalog/index.ts';
import { CASES } from './testing/cases.ts';
import { RISKS, Shadow, diffCatalogs, planChange, type Step } from './index.ts';

let database: TestDatabase;
let shadow: Shadow;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  shadow = await Shadow.open();
});

afterAll(async () => {
  await shadow.close();
  await database.drop();
});

/** One connection, one transaction each for labels, expand and contract: as migrations run. */
const run = (sql: string) =>
  database.sql.begin(async (tx) => {
    await tx.unsafe(`set local search_path to public; set local check_function_bodies = off; ${sql}`);
  });
const runPhases = async (steps: readonly Step[]) => {
  for (const phase of ['labels', 'expand', 'contract']) {
    await run(
      steps
        .filter((step) => step.phase === phase)
        .map(({ sql }) => sql)
        .join('\n'),
    );
  }
};

const empty = () =>
  run(`do $$ declare one text; begin
    for one in select format('drop publication %I', pubname) from pg_publication union all
      select format('drop schema %I cascade', nspname) from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
    loop execute one; end loop; end $$; create schema public; set search_path to public`);

const catalog = () =>
  database.sql.begin(async (tx) => {
    await tx`set local search_path to public`;
    return readCatalog(async (sql) => [...(await tx.unsafe<object[]>(sql))]);
  });

const highest = (steps: readonly Step[]) => RISKS[Math.max(0, ...steps.map(({ risk }) => RISKS.indexOf(risk)))];

describe('a change of schema, with rows in the tables', () => {
  it.each(CASES)('$name', async ({ from, to, rows, see, expect: expected, risk, intent, never }) => {
    const { steps } = await planChange(shadow, [from], to, intent);
    expect(steps).not.toEqual([]);
    if (never) expect(steps.map(({ sql }) => sql).join('\n')).not.toMatch(never);

    await empty();
    await run(`${from} ${rows}`);
    await runPhases(steps);
    await shadow.reset();
    await shadow.run(to);
    expect(diffCatalogs(await catalog(), await shadow.catalog())).toEqual([]);
    const seen = await database.sql.unsafe<Record<string, unknown>[]>(see);
    expect(seen.map((row) => Object.values(row)[0])).toEqual(expected);
    expect(highest(steps)).toBe(risk);
  });

  it('the order of columns is nobody’s business', async () => {
    const t = (columns: string) => `create table t (id int primary key, ${columns})`;
    expect((await planChange(shadow, [t('a text, b text')], t('b text, a text'))).steps).toEqual([]);
  });

  it('nothing is planned where nothing changed', async () => {
    for (const { from } of CASES) expect((await planChange(shadow, [from], from)).steps).toEqual([]);
  });
});
