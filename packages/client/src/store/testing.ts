import { PGlite } from '@electric-sql/pglite';
import {
  hlcFromMillis,
  lsnFromBigInt,
  scopeKey,
  type Change,
  type Epoch,
  type IntervalMessage,
  type MutationResult,
  type Row,
  type SyncSchema,
  type SyncTable,
  type Transaction,
} from '@vibestack/sync-types';
import { openStore } from './store.ts';
import type { Database, Store } from './types.ts';

const column = (name: string, type = 'text', nullable = false) => ({
  name,
  type,
  nullable,
  hasDefault: false,
  readOnly: false,
});
const table = (name: string, level: number, columns: SyncTable['columns'], scope: string): SyncTable => ({
  name,
  level,
  key: ['id'],
  columns,
  scope: { name: 'project', column: scope },
  access: { read: ['editor'], write: ['editor'] },
  merge: 'column',
  category: 'domain',
});

export const SCHEMA: SyncSchema = {
  version: 1,
  hash: 'test',
  tables: [
    table('project', 0, [column('id'), column('name')], 'id'),
    table(
      'task',
      1,
      [column('id'), column('project_id'), column('title'), column('points', 'bigint', true)],
      'project_id',
    ),
  ],
  scopes: [],
  localTables: ['draft'],
};

export const SQL = `
  create table project (id text primary key, name text not null);
  create table task (id text primary key, project_id text not null references project deferrable initially deferred,
    title text not null, points bigint,
    is_open boolean not null default false, title_length integer generated always as (length(title)) stored);
  create table draft (id integer primary key, body text);`;

export const A = scopeKey('project', 'a');
export const B = scopeKey('project', 'b');
export const EPOCH = 'epoch-1' as Epoch;

let shared: Promise<PGlite> | undefined;

/** A store on an empty database; starting PGlite takes a second, so the file's tests share one. */
export async function freshStore(): Promise<{ store: Store; db: Database; reopen: () => Promise<Store> }> {
  shared ??= PGlite.create();
  const pglite = await shared;
  await pglite.exec(`drop schema if exists vibestack cascade; drop schema public cascade; create schema public`);
  const db = pglite as unknown as Database;
  const open = () =>
    openStore(db, {
      schema: SCHEMA,
      migrations: [{ version: 1, name: 'init', hash: 'h', sql: SQL }],
      now: () => 1_700_000_000_000,
      newId: () => crypto.randomUUID(),
    });
  return { store: await open(), db, reopen: open };
}

export const lsn = (n: number) => lsnFromBigInt(BigInt(n));

export const transaction = (at: number, changes: Change[], results: MutationResult[] = []): Transaction => ({
  lsn: lsn(at),
  hlc: hlcFromMillis(1_600_000_000_000 + at),
  changes,
  results,
});

export const interval = (from: number | null, to: number, ...transactions: Transaction[]): IntervalMessage => ({
  type: 'interval',
  epoch: EPOCH,
  from: from === null ? null : lsn(from),
  to: lsn(to),
  transactions,
});

export const put = (name: string, row: Row): Change => ({ op: 'put', table: name, key: row['id'] ?? '', row });
export const patch = (name: string, row: Row): Change => ({ op: 'patch', table: name, key: row['id'] ?? '', row });
export const del = (name: string, key: string): Change => ({ op: 'del', table: name, key });

/** Brings an empty store to position 10 with these rows in scope A, as an initial download does. */
export async function load(store: Store, tasks: readonly Row[] = []): Promise<void> {
  const text = (rows: readonly Row[], columns: readonly string[]) =>
    new TextEncoder().encode(rows.map((row) => `${columns.map((name) => row[name] ?? '\\N').join('\t')}\n`).join(''));
  const columns = ['id', 'project_id', 'title', 'points'];
  store.stage({
    nonce: 'n1',
    scopes: [A],
    results: [],
    tables: [
      { table: 'project', columns: ['id', 'name'], chunks: [text([{ id: 'a', name: 'Alpha' }], ['id', 'name'])] },
      { table: 'task', columns, chunks: [text(tasks, columns)] },
    ],
  });
  await store.applyInterval({ ...interval(null, 10), admit: { nonce: 'n1', scopes: [A], transactions: [] } });
}

export const tasks = (store: Store): Promise<Row[]> =>
  store.read<Row>('select id, project_id, title, points::text as points from task order by id');
