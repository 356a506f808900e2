import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PgoutputMessage, Tuple } from './messages.ts';
import { committed } from './testing/committed.ts';
import { peek } from './testing/peek.ts';

/** Some of what is decoded is made by newer servers only, or can be made small by them only. */
const isCurrent = inject('postgresRelease') === 'current';
const STREAMED = isCurrent ? [false, true] : [false];

let database: TestDatabase;
let slot: string;

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  slot = database.name;
});

afterEach(async () => {
  await database.drop();
});

/** Statements of one session; without `begin` each call is a transaction. */
const run = async (sql: string) => {
  const session = await database.sql.reserve();
  await session.unsafe(sql);
  session.release();
};
const begin = async (ddl: string) => {
  await run(`${ddl}; create publication vibestack for all tables`);
  await database.sql`select pg_create_logical_replication_slot(${slot}, 'pgoutput')`;
};
const of = <K extends PgoutputMessage['kind']>(messages: readonly PgoutputMessage[], kind: K) =>
  messages.filter((message): message is Extract<PgoutputMessage, { kind: K }> => message.kind === kind);
const kinds = (messages: readonly PgoutputMessage[]) => new Set(messages.map(({ kind }) => kind));
/** Thousands of rows: more than is kept in memory for a transaction that is not streamed. */
const many = (table: string, from: number, columns = '') =>
  `insert into ${table} select n, repeat('x', 50)${columns} from generate_series(${from}, ${from + 1999}) n`;

/** What committed, which must be the same by both protocols, and the streamed messages of the second. */
const both = async (options: { immediately?: boolean } = {}) => {
  const plain = committed(await peek(database, slot, { protocol: 1 }));
  const streamed = await peek(database, slot, { protocol: 2, ...options });
  expect(committed(streamed)).toStrictEqual(plain);
  return { plain, streamed };
};

describe('a streamed transaction', () => {
  it('comes in blocks between others, and without what it rolled back is what protocol 1 gives', async () => {
    await begin('create table t (id int primary key, body text)');
    const slow = await database.sql.reserve();
    await slow.unsafe(`begin; ${many('t', 0)}`);
    await run(`insert into t values (100000, 'between')`);
    await slow.unsafe(`savepoint a; ${many('t', 2000)}; savepoint b; ${many('t', 4000)}; rollback to a`);
    await run(`insert into t values (100001, 'between')`);
    await slow.unsafe(`savepoint c; ${many('t', 6000)}; release c; update t set body = 'y' where id < 10; commit`);
    slow.release();

    const { plain, streamed } = await both();
    expect(plain.map(({ changes }) => changes.length)).toEqual([1, 1, 4010]);
    const starts = of(streamed, 'stream-start');
    expect(starts.map(({ first }) => first)).toEqual(starts.map((_, i) => i === 0));
    expect(starts.length).toBeGreaterThan(2);
    const order = streamed.map(({ kind }) => kind);
    expect(order.indexOf('begin')).toBeGreaterThan(order.indexOf('stream-stop'));
    expect(order.lastIndexOf('stream-start')).toBeGreaterThan(order.lastIndexOf('commit'));
    const xids = new Set(of(streamed, 'insert').map(({ xid }) => xid));
    expect(xids.has(undefined) && xids.has(starts[0]?.xid) && xids.size > 2).toBe(true);
  });

  // Streamed at once, which older servers cannot be told to.
  (isCurrent ? it : () => undefined)('is told to be rolled back, whole or a subtransaction of it', async () => {
    await begin('create table t (id int primary key, body text)');
    await run(`insert into t values (1, 'kept')`);
    await run(`begin; insert into t values (2, 'gone'); rollback`);
    await run(`begin; insert into t values (3, 'kept'); savepoint a; insert into t values (4, 'gone');
      rollback to a; insert into t values (5, 'kept'); commit`);

    const { plain, streamed } = await both({ immediately: true });
    expect(plain).toHaveLength(2);
    const aborts = of(streamed, 'stream-abort');
    expect(aborts.some(({ xid, subxid }) => xid === subxid)).toBe(true);
    expect(aborts.some(({ xid, subxid }) => xid !== subxid)).toBe(true);
  });
});

describe('a layout that is not committed', () => {
  // Column lists are of Postgres 15 and later.
  (isCurrent ? it : () => undefined)('is the streamed transaction’s alone: others go on by the old one', async () => {
    // DDL of a table locks others out; a publication's columns are a part of the layout that does not.
    await run('create table t (id int primary key, body text); create publication vibestack for table t');
    await database.sql`select pg_create_logical_replication_slot(${slot}, 'pgoutput')`;
    await run(`insert into t values (100000, 'old')`);
    const slow = await database.sql.reserve();
    await slow.unsafe(`begin; ${many('t', 0)}; alter publication vibestack set table t (id); ${many('t', 2000)}`);
    await run(`insert into t values (100001, 'old')`);
    await slow.unsafe(`${many('t', 4000)}; commit`);
    slow.release();
    await run(`insert into t values (100002, 'new')`);

    const inserts = of(await peek(database, slot, { protocol: 2 }), 'insert');
    const narrow = inserts.findIndex(({ row }) => row.length === 1);
    const between = inserts.findIndex(({ row }) => row[0] === '100001');
    expect(inserts[narrow]).toHaveProperty('xid');
    expect(between).toBeGreaterThan(narrow);
    const others = inserts.filter(({ xid }) => xid === undefined);
    expect(others.map(({ row }) => row)).toEqual([['100000', 'old'], ['100001', 'old'], ['100002']]);
  });

  it('becomes the one for all at the commit', async () => {
    await begin('create table t (id int primary key, body text)');
    await run(`insert into t values (100000, 'old')`);
    await run(`begin; ${many('t', 0)}; alter table t add column n int default 7; ${many('t', 2000, ', n')}; commit`);
    await run(`insert into t values (100001, 'new', 8)`);

    const { plain, streamed } = await both();
    expect(plain.map(({ changes }) => changes.length)).toEqual([1, 4000, 1]);
    const widths = of(streamed, 'insert').map(({ row }) => row.length);
    expect(widths).toEqual([2, ...Array<number>(2000).fill(2), ...Array<number>(2000).fill(3), 3]);
    const announced = of(streamed, 'relation').map(({ xid, relation }) => [xid !== undefined, relation.columns.length]);
    expect(announced).toContainEqual([true, 3]);
    expect(announced.slice(0, 2)).toEqual([
      [false, 2],
      [true, 2],
    ]);
  });

  it('is gone with the savepoint that it was made in', async () => {
    await begin('create table t (id int primary key, body text)');
    await run(`insert into t values (100000, 'old')`);
    const slow = await database.sql.reserve();
    await slow.unsafe(`begin; ${many('t', 0)}; savepoint a; alter table t add column n int default 7;
      ${many('t', 2000, ', n')}; rollback to a`);
    await run(`insert into t values (100001, 'old')`);
    await slow.unsafe(`${many('t', 4000)}; commit`);
    slow.release();

    const { plain, streamed } = await both();
    expect(plain.map(({ changes }) => changes.length)).toEqual([1, 1, 4000]);
    expect(of(streamed, 'stream-abort').map(({ xid, subxid }) => xid === subxid)).toEqual([false]);
  });
});

describe('both protocols', () => {
  it('announce types, say where a transaction came from, and carry logical messages', async () => {
    await begin(`create type mood as enum ('sad', 'glad'); create table t (id int primary key, body text, mood mood)`);
    const origin = `origin_${database.name}`;
    const replica = await database.sql.reserve();
    await replica`select pg_replication_origin_create(${origin})`;
    await replica`select pg_replication_origin_session_setup(${origin})`;
    await replica.unsafe(`begin; select pg_replication_origin_xact_setup('1/AB', now());
      ${many('t', 0, `, 'glad'::mood`)};
      select pg_logical_emit_message(true, 'inside', 'Größe'); commit`);
    await replica`select pg_replication_origin_session_reset()`;
    await replica`select pg_replication_origin_drop(${origin})`;
    replica.release();
    await run(`begin; select pg_logical_emit_message(false, 'at once', 'even so'); rollback`);
    await run(`insert into t values (-1)`); // a message alone is not flushed

    const { plain, streamed } = await both();
    const [spoke] = plain.filter(({ changes }) => changes.length > 0); // Postgres 14 tells of empty ones
    expect(spoke?.changes.at(-1)).toEqual(['inside', expect.any(BigInt), 'Größe']);
    for (const messages of [await peek(database, slot, { protocol: 1 }), streamed]) {
      expect(of(messages, 'type')).toMatchObject([{ schema: 'public', name: 'mood' }]);
      const column = of(messages, 'relation')[0]?.relation.columns[2];
      expect(of(messages, 'type')[0]?.id).toBe(column?.typeOid);
      const spoken = of(messages, 'message');
      expect(spoken.map(({ prefix, transactional }) => [prefix, transactional])).toEqual([
        ['inside', true],
        ['at once', false],
      ]);
      expect(spoken[1]).not.toHaveProperty('xid');
    }
    expect(of(await peek(database, slot, { protocol: 1 }), 'origin')).toMatchObject([{ lsn: 0x1_0000_00abn }]);
    expect(kinds(streamed).has('origin')).toBe(true);
    expect(of(streamed, 'type')[0]).toHaveProperty('xid');
    expect(of(streamed, 'message')[0]).toHaveProperty('xid');
  });

  it('tell truncates of several tables with their options', async () => {
    await begin(`create table a (id int primary key generated always as identity, body text);
      create table b (id int primary key, a int references a); create table c (id int)`);
    await run('truncate a, c restart identity cascade');
    await run('truncate c');
    for (const immediately of STREAMED) {
      const { streamed } = await both({ immediately });
      const [first, second] = of(streamed, 'truncate');
      expect(first?.relations.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
      expect(first).toMatchObject({ cascade: true, restartIdentity: true });
      expect(second).toMatchObject({ cascade: false, restartIdentity: false });
      expect('xid' in (second ?? {})).toBe(immediately);
    }
  });

  it('tell old rows by each replica identity', async () => {
    await begin(`
      create table by_key (id int primary key, n int, long text);
      create table by_index (id int primary key, n int not null unique, long text);
      alter table by_index replica identity using index by_index_n_key;
      create table by_all (id int primary key, n int, long text); alter table by_all replica identity full;
      create table by_none (id int primary key, n int, long text); alter table by_none replica identity nothing;
      alter table by_key alter long set storage external; alter table by_index alter long set storage external;
      alter table by_all alter long set storage external`);
    for (const table of ['by_key', 'by_index', 'by_all', 'by_none']) {
      await run(`insert into ${table} values (1, 10, repeat('x', 5000))`);
    }
    for (const table of ['by_key', 'by_index', 'by_all']) {
      await run(`update ${table} set id = 2`);
      await run(`update ${table} set n = 20`);
      await run(`delete from ${table}`);
    }
    const long = 'x'.repeat(5000);
    for (const immediately of STREAMED) {
      const { streamed } = await both({ immediately });
      const identities = new Map(
        of(streamed, 'relation').map(({ relation }) => [relation.name, relation.replicaIdentity]),
      );
      expect(Object.fromEntries(identities)).toEqual({
        by_key: 'default',
        by_index: 'index',
        by_all: 'full',
        by_none: 'nothing',
      });
      expect(
        of(streamed, 'update').map(({ relation, oldKind, old, row }) => [relation.name, oldKind, old, row]),
      ).toEqual([
        ['by_key', 'key', ['1', undefined, undefined], ['2', '10', undefined]],
        ['by_key', null, null, ['2', '20', undefined]],
        ['by_index', null, null, ['2', '10', undefined]],
        ['by_index', 'key', [undefined, '10', undefined], ['2', '20', undefined]],
        ['by_all', 'full', ['1', '10', long], ['2', '10', long]],
        ['by_all', 'full', ['2', '10', long], ['2', '20', long]],
      ]);
      expect(of(streamed, 'delete').map(({ relation, oldKind, old }) => [relation.name, oldKind, old])).toEqual([
        ['by_key', 'key', ['2', undefined, undefined]],
        ['by_index', 'key', [undefined, '20', undefined]],
        ['by_all', 'full', ['2', '20', long]],
      ]);
    }
  });

  it('carry values in binary where that is asked for, and in text otherwise', async () => {
    await begin('create table t (id int8 primary key, a text, b bytea, c timestamptz, d int, e text)');
    await run(`insert into t values (-2, 'Größe', '\\x00ff', '2000-01-01 00:00:01+00', null, repeat('z', 300))`);
    const ff = 255;
    const binary: Tuple = [
      new Uint8Array([ff, ff, ff, ff, ff, ff, ff, 0xfe]),
      new TextEncoder().encode('Größe'),
      new Uint8Array([0, ff]),
      new Uint8Array([0, 0, 0, 0, 0, 0x0f, 0x42, 0x40]),
      null,
      new TextEncoder().encode('z'.repeat(300)),
    ];
    for (const protocol of [1, 2] as const) {
      const [inBinary] = of(await peek(database, slot, { protocol, binary: true, immediately: isCurrent }), 'insert');
      expect(inBinary?.row).toStrictEqual(binary);
      const [inText] = of(await peek(database, slot, { protocol, immediately: isCurrent }), 'insert');
      expect(inText?.row.slice(0, 3)).toEqual(['-2', 'Größe', '\\x00ff']);
      expect(inText?.row.slice(4)).toEqual([null, 'z'.repeat(300)]);
      expect(Date.parse(String(inText?.row[3]))).toBe(Date.parse('2000-01-01T00:00:01Z'));
    }
  });
});
