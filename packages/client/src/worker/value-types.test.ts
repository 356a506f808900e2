import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type OpenedDatabase } from './open-database.ts';
import { learnOwnTypes } from './value-types.ts';

let db: OpenedDatabase['db'];

beforeAll(async () => {
  ({ db } = await openDatabase('value-types', 'memory'));
  await db.exec(`
    create type mood as enum ('sad', 'so so');
    create domain score as integer check (value >= 0);
    create domain document as jsonb;
    create domain numbers as integer[];
    create type pair as (a integer, b text);
    create table note (id integer primary key, moods mood[], score score, scores score[], document document, body jsonb)`);
  await learnOwnTypes(db);
});

afterAll(async () => {
  await db.close();
});

const one = async (sql: string, params: unknown[] = []): Promise<unknown> =>
  Object.values((await db.query<object>(sql, params)).rows[0] ?? {})[0];

describe('a row', () => {
  it.each([
    [`9007199254740993::bigint`, '9007199254740993'],
    [`1.50::numeric`, '1.50'],
    [`1::integer`, 1],
    [`'2024-02-29 12:00:00.123456+02'::timestamptz`, '2024-02-29 10:00:00.123456+00'],
    [`'\\x00ff'::bytea`, '\\x00ff'],
    [`'[0:1]={1,NULL}'::bigint[]`, ['1', null]],
    [`'{"a": 12345678901234567890}'::jsonb`, { a: { $json: '12345678901234567890' } }],
    [`array['sad', null, 'so so']::mood[]`, ['sad', null, 'so so']],
    [`5::score`, 5],
    [`array[5]::score[]`, [5]],
    [`array['{"a": 1}']::document[]`, [{ a: 1 }]],
    [`'{1,2}'::numbers`, [1, 2]],
    [`array['{1,2}']::numbers[]`, ['{1,2}']],
    [`array[row(1, 'a,b')]::pair[]`, ['(1,"a,b")']],
  ])('has the value of docs/types.md for %s', async (sql, value) => {
    expect(await one(`select ${sql}`)).toStrictEqual(value);
  });
});

describe('a parameter', () => {
  it('may be a value of any type', async () => {
    const { rows } = await db.query(
      `insert into note values ($1, $2, $3, $4, $5, $6) returning moods, score, scores, document, body`,
      [1, ['so so', null], 3, [4], 'a "text"', ['a', null, { $json: '1e400' }]],
    );
    expect(rows).toStrictEqual([
      {
        moods: ['so so', null],
        score: 3,
        scores: [4],
        document: 'a "text"',
        body: ['a', null, { $json: `1${'0'.repeat(400)}` }],
      },
    ]);
  });

  it('that is null is NULL, and JSON’s own null can be written', async () => {
    expect(await one(`select $1::jsonb is null`, [null])).toBe(true);
    expect(await one(`select jsonb_typeof($1)`, [{ $json: 'null' }])).toBe('null');
  });

  it('that would be stored as something else is refused', async () => {
    await expect(one(`select $1::text`, [{}])).rejects.toMatchObject({ code: 'invalid_value' });
    await expect(one(`select $1::text`, ['\ud800'])).rejects.toMatchObject({ code: 'invalid_value' });
  });
});

it('the session prints times in UTC, as ISO 8601', async () => {
  expect(await one(`select current_setting('timezone')`)).toBe('UTC');
  expect(await one(`select current_setting('datestyle')`)).toMatch(/^ISO/);
  expect(await one(`select current_setting('intervalstyle')`)).toBe('postgres');
});
