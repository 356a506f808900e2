import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CASES } from './testing/cases/index.ts';
import { RealDatabase } from './testing/database.ts';
import { RISKS, Shadow, diffCatalogs, planChange, type Step } from './index.ts';

let database: RealDatabase;
let shadow: Shadow;

beforeAll(async () => {
  database = await RealDatabase.open(inject('postgresUrl'));
  shadow = await Shadow.open();
});

afterAll(async () => {
  await shadow.close();
  await database.close();
});

const highest = (steps: readonly Step[]) => RISKS[Math.max(0, ...steps.map(({ risk }) => RISKS.indexOf(risk)))];

describe('a change of schema, with rows in the tables', () => {
  it.each(CASES)('$name', async ({ from, to, rows, see, expect: expected, risk, intent, never }) => {
    const { steps } = await planChange(shadow, [from], to, intent);
    expect(steps).not.toEqual([]);
    if (never) expect(steps.map(({ sql }) => sql).join('\n')).not.toMatch(never);

    await database.create(from);
    await database.run(rows);
    await database.runPhases(steps);
    await shadow.reset();
    await shadow.run(to);
    expect(diffCatalogs(await database.catalog(), await shadow.catalog())).toEqual([]);
    const [seen = []] = await database.query<Record<string, unknown>>(see);
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

  it('nothing is planned again, although declarations of renames stay where they are', async () => {
    for (const { from, to, intent } of CASES.filter((one) => one.intent?.renamedTables ?? one.intent?.renamedColumns)) {
      const { steps } = await planChange(shadow, [from], to, intent);
      const migration = steps.map(({ sql }) => sql).join('\n');
      expect((await planChange(shadow, [from, migration], to, intent)).steps).toEqual([]);
    }
  });
});
