import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForgeError } from '../errors.ts';
import { describeQuery, type DescribedColumn } from './index.ts';
import { CASES } from './testing/cases.ts';
import { openTestDatabase } from './testing/schema.ts';

let db: PGlite;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const summary = ({ name, nullable, elementsNullable }: DescribedColumn): string =>
  `${name}${elementsNullable ? '[?]' : ''}${nullable ? '?' : ''}`;

describe.each(Object.entries(CASES))('nulls of %s', (_, cases) => {
  it.each(cases)('%s', async (sql, columns) => {
    expect((await describeQuery(db, sql)).columns.map(summary).join(' ')).toBe(columns);
  });
});

describe('types', () => {
  const types = async (sql: string) => {
    const { params, columns } = await describeQuery(db, sql);
    return { params: params.map(({ type }) => type), columns: columns.map(({ type }) => type) };
  };

  it('are those of Postgres, without lengths, domains as what they are made of', async () => {
    expect(
      await types(`select mood, array[mood2] as moods, mail, label, array[mail] as mails, tags, data, score, born, seen::date,
        count(*) over () as n, name::varchar(3) as v, 'a'::char(3) as c, '1 2'::oidvector as o from person`),
    ).toMatchObject({
      columns: [
        ...[
          'mood',
          'mood[]',
          'text',
          'text',
          'text[]',
          'text[]',
          'jsonb',
          'numeric',
          'timestamp with time zone',
          'date',
        ],
        ...['bigint', 'character varying', 'character', 'oidvector'],
      ],
    });
  });

  it('of parameters follow from their use, a domain’s too', async () => {
    expect(
      await types('insert into person (id, name, mail, mood, tags) values (:id, :name, :mail, :mood, :tags)'),
    ).toEqual({ params: ['integer', 'text', 'text', 'mood', 'text[]'], columns: [] });
  });

  it('of a parameter that is used twice is one', async () => {
    const { text, params } = await describeQuery(db, 'select id from person where nick = :x? or name = :x');
    expect(text).toBe('select id from person where nick = $1 or name = $1');
    expect(params).toEqual([{ name: 'x', type: 'text', nullable: true }]);
  });
});

describe('what is refused', () => {
  const refused = async (sql: string) => {
    const error: unknown = await describeQuery(db, sql).catch((reason: unknown) => reason);
    if (!(error instanceof ForgeError)) return expect.unreachable(`not refused: ${sql}`);
    return { code: error.code, message: error.message, fix: error.fix };
  };

  it('is said with Postgres’s words, the place in the literal and Postgres’s hint', async () => {
    expect(await refused('select :a::int as "a!",\n  :b::int as "größe?", nmae\nfrom person')).toEqual({
      code: 'query_refused',
      message: '2:24: column "nmae" does not exist',
      fix: 'Perhaps you meant to reference the column "person.name".',
    });
  });

  it('names parameters as they are written', async () => {
    expect(await refused('select pg_typeof(:what) as t')).toMatchObject({
      code: 'query_refused',
      message: 'could not determine data type of parameter :what',
    });
  });

  it('has details where Postgres has', async () => {
    expect(await refused('select x.id from person p, (select p.id) x')).toMatchObject({
      message: expect.stringMatching(/^1:36: .+\. There is an entry for table "p"/) as string,
    });
  });

  it.each(['show search_path', 'create table x ()', 'select 1 as a; select 2 as b', 'select (', 'select /* 1'])(
    'is what is no query: %s',
    async (sql) => {
      expect(await refused(sql)).toMatchObject({ code: 'query_refused' });
    },
  );

  it('is a column without a name, or one whose name another has', async () => {
    expect(await refused('select 1 as one, 1 + 1')).toMatchObject({
      code: 'query_unnamed_column',
      message: 'Column 2 of the result has no name',
    });
    expect(await refused('select t.id, p.id from team t, person p')).toMatchObject({
      code: 'query_duplicate_column',
      message: "Two columns of the result are named 'id'",
    });
  });

  it('is a parameter by number', async () => {
    expect(await refused('select $1')).toMatchObject({ code: 'query_positional_parameter' });
  });

  it('leaves the database as it was', async () => {
    await refused('selec');
    await describeQuery(db, 'select 1 as one; -- and nothing else');
    const { rows } = await db.query(`select from pg_proc where proname = 'typed_sql'`);
    expect(rows).toEqual([]);
  });
});
