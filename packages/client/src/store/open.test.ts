import { PGlite } from '@electric-sql/pglite';
import type { SyncSchema } from '@vibestack/sync-types';
import { beforeEach, expect, it } from 'vitest';
import { openStore } from './store.ts';
import { SCHEMA, SQL, load, tasks } from './testing.ts';
import type { ClientMigration, Store } from './types.ts';

const FIRST: ClientMigration = { version: 1, name: 'init', hash: 'h1', sql: SQL };
const migration = (version: number, sql: string): ClientMigration => ({
  version,
  name: `m${version}`,
  hash: `h${version}`,
  sql,
});
const row = (id: string, title: string, points: string | null = null) => ({ id, project_id: 'a', title, points });

const db = await PGlite.create();
const open = (migrations: readonly ClientMigration[], schema: SyncSchema = SCHEMA): Promise<Store> =>
  openStore(db, {
    schema,
    migrations,
    now: () => 1_700_000_000_000,
    newId: () => crypto.randomUUID(),
  });

beforeEach(async () => {
  await db.exec(`drop schema if exists vibestack cascade; drop schema public cascade; create schema public`);
});

it('a database of an older version runs what it has not seen, and keeps rows, edits and what is its own', async () => {
  const old = await open([FIRST]);
  await load(old, [row('1', 'one')]);
  await old.transaction(async (tx) => {
    await tx.query(`update task set title = 'mine', is_open = true`);
    await tx.query(`insert into draft values (1, 'kept')`);
  });
  const store = await open([FIRST, migration(2, `alter table task add column note text; update task set points = 3`)]);
  expect(await store.read('select title, is_open, points::int as points, note from task')).toEqual([
    { title: 'mine', is_open: true, points: 3, note: null },
  ]);
  expect(await store.read('select body from draft')).toEqual([{ body: 'kept' }]);
  expect(await store.pendingCount()).toBe(1); // what the migration did is no edit
  expect(store.state().position).toBeNull(); // its rows are asked for anew
  const { mutation } = await store.transaction((tx) => tx.query(`update task set note = 'x'`));
  expect(mutation).toBeNull(); // SCHEMA does not know the column
});

it('what its rows do not allow is done without them; they come again, with the pending edits on them', async () => {
  const old = await open([FIRST]);
  await load(old, [row('1', 'one'), row('2', 'two')]);
  await old.transaction(async (tx) => {
    await tx.query(`update task set title = 'mine' where id = '1'`);
    await tx.query(`insert into task values ('3', 'a', 'new', 5)`);
    await tx.query(`insert into draft values (1, 'kept')`);
  });
  const store = await open([
    FIRST,
    migration(2, `alter table task alter column points set not null, alter column points set default 0`),
  ]);
  expect(await tasks(store)).toEqual([]);
  expect(await store.read('select body from draft')).toEqual([{ body: 'kept' }]);
  expect(await store.pendingCount()).toBe(1);
  await load(store, [row('1', 'one', '7'), row('2', 'two', '8')]);
  expect(await tasks(store)).toEqual([row('1', 'mine', '7'), row('2', 'two', '8'), row('3', 'new', '5')]);
});

it('another mistake of a migration leaves the database as it was', async () => {
  const old = await open([FIRST]);
  await load(old, [row('1', 'one')]);
  await expect(open([FIRST, migration(2, 'alter table nothing add column a int')])).rejects.toThrow('does not exist');
  expect(await tasks(await open([FIRST]))).toEqual([row('1', 'one')]);
});

it('a history that is another one is refused', async () => {
  await open([FIRST]);
  await expect(open([{ ...FIRST, hash: 'other' }])).rejects.toMatchObject({ name: 'LocalSchemaError' });
});
