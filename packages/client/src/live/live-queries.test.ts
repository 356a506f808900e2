import { PGlite } from '@electric-sql/pglite';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../store/index.ts';
import { dependenciesOf } from './dependencies.ts';
import { parseExactJson } from './exact-json.ts';
import { LiveQueries, type LiveResult } from './live-queries.ts';
import { reuseRows } from './reuse-rows.ts';

let db: Database;

beforeAll(async () => {
  const pglite = await PGlite.create();
  await pglite.exec(`
    create table task (id int primary key, project_id int, title text);
    create table project (id int primary key, name text);
    create view open_task as select t.id, p.name from task t join project p on p.id = t.project_id;
    create function task_titles() returns setof text language plpgsql as $$ begin return query select title from task; end $$;
    insert into task values (1, 1, 'one')`);
  db = pglite;
});

describe('the tables that a query reads', () => {
  it.each([
    ['a join', 'select * from task join project on true', ['project', 'task']],
    ['a view', 'select * from open_task', ['project', 'task']],
    ['a CTE that shadows a table', 'with project as (select 1 as x) select * from project, task', ['task']],
    [
      'a subquery, with parameters',
      'select $1::text from project where exists (select from task where id = $2::int)',
      ['project', 'task'],
    ],
    ['a name inside a string', `select 'from task' as x from project`, ['project']],
  ])('are found in %s', async (_, sql, tables) => {
    const found = await dependenciesOf(db, sql);
    expect(found === 'all' ? found : [...found].sort()).toEqual(tables);
  });

  it('are all, where a function of the application is called or nothing can be told', async () => {
    expect(await dependenciesOf(db, 'select * from task_titles()')).toBe('all');
    expect(await dependenciesOf(db, 'selec nonsense')).toBe('all');
  });
});

describe('a live query', () => {
  const listen = (sql: string) => {
    const live = new LiveQueries(db, async (text, params) => (await db.query(text, [...params])).rows);
    const results: LiveResult[] = [];
    let wake: () => void = () => undefined;
    live.subscribe(1, sql, [], (result) => {
      results.push(result);
      wake();
    });
    const until = async (count: number) => {
      while (results.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return results;
    };
    return { live, results, until };
  };

  it('tells its result, and again when a table that it reads changed', async () => {
    const { live, until } = listen('select title from task');
    expect(await until(1)).toEqual([{ ok: true, json: '[{"title":"one"}]' }]);
    await db.query(`update task set title = 'uno'`);
    live.changed(new Map([['task', new Set(['1'])]]));
    expect((await until(2))[1]).toEqual({ ok: true, json: '[{"title":"uno"}]' });
  });

  it('is silent when other tables change, or its rows did not', async () => {
    const { live, results, until } = listen('select count(*)::int as n from task');
    await until(1);
    live.changed(new Map([['project', 'all' as const]]));
    live.changed(new Map([['task', 'all' as const]]));
    await db.query('select 1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(results).toHaveLength(1);
  });

  it('tells NaN from null', async () => {
    const { until } = listen(`select 'NaN'::float8 as x, null::float8 as y, '-Infinity'::float8 as z`);
    const [result] = await until(1);
    expect(result?.ok && parseExactJson(result.json)).toEqual([{ x: NaN, y: null, z: -Infinity }]);
  });

  it('tells an error as a value', async () => {
    const { until } = listen('select nothing from task');
    expect((await until(1))[0]).toMatchObject({ ok: false, error: { code: '42703' } });
  });
});

it('rows that did not change stay the same objects', () => {
  const before = [
    { id: 1, t: 'a' },
    { id: 2, t: 'b' },
  ];
  const after = reuseRows(before, [
    { id: 2, t: 'b' },
    { id: 1, t: 'x' },
  ]);
  expect(after[0]).toBe(before[1]);
  expect(after[1]).toEqual({ id: 1, t: 'x' });
  expect(reuseRows(before, structuredClone(before))).toBe(before);
  expect(reuseRows([{ n: NaN }], [{ n: null }])).toEqual([{ n: null }]);
});
