import { types, type PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeQuery, type DescribedQuery } from './index.ts';
import { CASES } from './testing/cases.ts';
import { COMBINED } from './testing/combined.ts';
import { openTestDatabase } from './testing/schema.ts';

let db: PGlite;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

type Row = Readonly<Record<string, unknown>>;

/** Two of each type that parameters have here. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  integer: [1, 20],
  text: ['one', 'zzz'],
  jsonb: ['null', '1'],
  'integer[]': [[1, 2], []],
  'text[]': [['k'], []],
};

/** JSON's null is a value of Postgres's. */
const AS_TEXT = { [types.JSON]: String, [types.JSONB]: String };

/** Runs the query, which may change rows, and undoes it. @returns what Postgres said, if it could not */
async function rowsOf({ text, params }: DescribedQuery, attempt: 0 | 1): Promise<readonly Row[] | Error> {
  const values = params.map(({ type, nullable }) => (nullable && attempt === 0 ? null : VALUES[type]?.[attempt]));
  try {
    return await db.transaction(async (transaction) => {
      const { rows } = await transaction.query<Row>(text, values, { parsers: AS_TEXT });
      await transaction.rollback();
      return rows;
    });
  } catch (error) {
    return error as Error;
  }
}

/** @returns the columns whose values are not what was said of them */
const refutations = ({ columns }: DescribedQuery, rows: readonly Row[]): string[] =>
  columns.flatMap(({ name, nullable, elementsNullable }) => {
    const values = rows.map((row) => row[name]);
    const inside = values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]).flat(3) : []));
    return [
      ...(!nullable && values.includes(null) ? [`${name} is null`] : []),
      ...(!elementsNullable && inside.includes(null) ? [`${name} has a null`] : []),
    ];
  });

it('no column that is said never to be null ever is, nor are elements of arrays', async () => {
  const queries = [...Object.values(CASES).flatMap((cases) => cases.map(([sql]) => sql)), ...COMBINED];
  const refuted: string[] = [];
  let values = 0;
  for (const sql of queries.filter((each) => !/"\w+!"/.test(each))) {
    const query = await describeQuery(db, sql);
    const results = [await rowsOf(query, 0), ...(query.params.length > 0 ? [await rowsOf(query, 1)] : [])];
    const rows = results.flatMap((result) => (result instanceof Error ? [] : result));
    if (results.every((result) => result instanceof Error)) refuted.push(`${sql}: ${results.join()}`);
    refuted.push(...refutations(query, rows).map((said) => `${sql}: ${said}`));
    values += rows.length * query.columns.length;
  }
  expect(refuted).toEqual([]);
  expect(queries.length).toBeGreaterThan(200);
  expect(values).toBeGreaterThan(10_000);
});
