import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import * as client from '../generated/client/index.ts';
import * as server from '../generated/server/index.ts';
import { ROWS, makeDataset } from './seed/index.ts';

describe('the client’s side', () => {
  it('knows nothing of what is hidden', () => {
    const text = JSON.stringify(client);
    expect(text).not.toMatch(/\bcost\b/);
    expect(text).not.toMatch(/\bemail\b/);
    expect(server.migrations[0]?.sql).toContain('"cost" numeric');
  });

  it('runs in PGlite, and finds the scope of a comment along its task', async () => {
    const db = await PGlite.create();
    for (const { sql } of client.migrations) await db.exec(sql);
    const { project, task, comment } = makeDataset('small');
    const [p, t, c] = [project[0], task[0], comment[0]];
    await db.query('insert into project (id, name) values ($1, $2)', [p?.id, p?.name]);
    await db.query('insert into task (id, project_id, title) values ($1, $2, $3)', [t?.id, p?.id, t?.title]);
    await db.query('insert into comment (id, task_id, author_id, body) values ($1, $2, $3, $4)', [
      c?.id,
      t?.id,
      c?.author_id,
      'x',
    ]);
    expect((await db.query('select project_id from comment')).rows).toEqual([{ project_id: p?.id }]);
  });

  it('agrees with the server on the schema', () => {
    expect(client.schema).toEqual(server.schema);
  });
});

describe('rows on the wire', () => {
  const id = '0190b0a0-0000-7000-8000-000000000001';
  const { insert, patch } = server.rowSchemas.task;

  it('pass when they fit', () => {
    expect(insert.safeParse({ id, project_id: id, title: 'x', priority: '3' }).success).toBe(true);
    expect(patch.safeParse({ body: null }).success).toBe(true);
  });

  it.each([
    ['a hidden column', { cost: '5' }],
    ['an unknown column', { colour: 'red' }],
    ['a null where none may be', { title: null }],
    ['a number that is none', { priority: 'high' }],
    ['a number out of range', { priority: '2147483648' }],
    ['a changed key', { id }],
  ])('are refused for %s', (_, row) => {
    expect(patch.safeParse(row).success).toBe(false);
  });

  it('may not name a column that the database fills', () => {
    expect(server.rowSchemas.comment.patch.safeParse({ project_id: id }).success).toBe(false);
  });
});

describe('the example’s data', () => {
  it('is the same every time', () => {
    expect(makeDataset('small')).toEqual(makeDataset('small'));
  });

  it.each(['small', 'medium'] as const)('has as many rows as it says: %s', (size) => {
    const dataset = makeDataset(size);
    const { person, project, member, task, comment } = dataset;
    const rows = [person, project, member, task, comment].reduce((sum, table) => sum + table.length, 0);
    expect(rows).toBe(ROWS[size]);
  });

  it('gives Ann and Bob projects that they share, and each some of their own', () => {
    const { person, member } = makeDataset('medium');
    const [ann, bob] = person;
    const of = (id = '') => new Set(member.filter(({ user_id }) => user_id === id).map(({ project_id }) => project_id));
    const [hers, his] = [of(ann?.id), of(bob?.id)];
    expect([...hers].some((id) => his.has(id))).toBe(true);
    expect([...hers].some((id) => !his.has(id))).toBe(true);
    expect([...his].some((id) => !hers.has(id))).toBe(true);
  });
});
