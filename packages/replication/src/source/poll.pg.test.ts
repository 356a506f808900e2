import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import { connect } from '../node/index.ts';
import { pgSql } from '../sql/pg-sql.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import type { ChangeSource } from './change-source.ts';
import { openPoll } from './poll.ts';
import { advanceSlot, createSlot, readSlot } from './slot.ts';
import { Reader } from './testing/reader.ts';
import { heldWhole } from './testing/sources.ts';

let database: TestDatabase;
let sql: SqlPort;
let db: PgConnection;
let source: ChangeSource;
let reader: Reader;
/** What was asked of the server through the source's port. */
let asked: string[];
const slot = () => `s_${database.name.slice(5, 25)}`;

const listening = (port: SqlPort): SqlPort => ({
  ...port,
  query(text, params) {
    asked.push(text);
    return port.query(text, params);
  },
  rows(text, params) {
    asked.push(text);
    return port.rows(text, params);
  },
});

const attach = (wrap: (port: SqlPort) => SqlPort = (port) => port): void => {
  source = openPoll(listening(wrap(pgSql(connect, database.url))), { slot: slot(), publication: 'vibestack' });
  reader = new Reader(source);
};

const count = (what: string): number => asked.filter((text) => text.includes(what)).length;
const confirmed = async (): Promise<bigint> => (await readSlot(sql, slot()))?.confirmedFlushLsn ?? 0n;

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  sql = pgSql(connect, database.url);
  db = await PgConnection.open(connect, database.url);
  await db.simple('create table t (id int primary key, text text); create publication vibestack for all tables');
  await createSlot(sql, slot());
  asked = [];
});

afterEach(async () => {
  await source.close();
  await db.close();
  await sql.close();
  await database.drop();
});

describe('a poll', () => {
  it('comes back empty and idle when there is nothing, without decoding the same WAL twice', async () => {
    attach();
    await reader.drain(sql);
    const flushed = async () => (await sql.query('select pg_current_wal_flush_lsn()'))[0]?.[0];
    // Other tests may write WAL at the same time: only a look between two equal positions counts.
    for (let quiet = false; !quiet;) {
      await reader.drain(sql);
      const before = await flushed();
      const peeks = count('peek');
      const batch = await source.read();
      if (before !== (await flushed()) || reader.walEnd !== batch.walEnd) continue;
      quiet = true;
      expect(batch).toMatchObject({ messages: [], bytes: 0, idle: true });
      expect(count('peek')).toBe(peeks);
    }
  });

  it('reads a transaction larger than an answer in pages that go on where the last one ended', async () => {
    attach((port) => heldWhole(port, 10_000));
    await db.simple(`insert into t select n, 'row ' || n from generate_series(1, 1000) n`);
    await db.simple(`insert into t values (-1, repeat('x', 50000)), (-2, repeat('y', 50000)), (-3, 'z')`);
    const [large, wide] = await reader.drain(sql);
    expect(large?.changes).toHaveLength(1000);
    expect(wide?.changes.map((change) => change.kind === 'insert' && change.row['id'])).toEqual(['-1', '-2', '-3']);
    expect(count('peek')).toBeGreaterThan(10);
  });

  it('an answer stays within the port’s limit, save for a single row that is larger', async () => {
    const sizes: number[] = [];
    attach((port) => ({
      ...heldWhole(port, 100_000),
      async query(text, params) {
        const rows = await port.query(text, params);
        if (text.includes('peek')) sizes.push(JSON.stringify(rows).length);
        return rows;
      },
    }));
    await db.simple(`insert into t select n, repeat('x', n % 400) from generate_series(1, 5000) n`);
    await reader.drain(sql);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(100_000);
  });

  it('relations announced again between two pages do not disturb the offset', async () => {
    attach((port) => heldWhole(port, 3000));
    await db.simple(`create table u (id int primary key);
      begin; insert into t select n, 'a' from generate_series(1, 300) n; insert into u select generate_series(1, 300); commit`);
    for (let i = 0; reader.transactions.committed.length < 1 && i < 100; i++) {
      await reader.read();
      await db.simple('analyze t, u; alter table t set (fillfactor = 90)');
    }
    const [transaction] = reader.transactions.committed.filter(({ changes }) => changes.length > 0);
    expect(transaction?.changes).toHaveLength(600);
  });

  it('what is acknowledged in the middle of a transaction is sent at its end', async () => {
    attach((port) => heldWhole(port, 10_000));
    await db.simple(`insert into t values (0, 'small')`);
    await db.simple(`insert into t select n, 'row ' || n from generate_series(1, 2000) n`);
    const [first] = await reader.committed(1);
    const before = await confirmed();
    await source.acknowledge(first?.endLsn ?? 0n);
    expect(await confirmed()).toBe(before);
    await reader.committed(2);
    await reader.settle();
    await reader.settle();
    expect(await confirmed()).toBe(first?.endLsn);
    expect(reader.transactions.committed.map(({ changes }) => changes.length)).toEqual([1, 2000]);
  });

  it('what is acknowledged while rows are still coming is sent when it is closed', async () => {
    attach();
    await db.simple(`insert into t values (0, 'small')`);
    await db.simple(`insert into t select n, repeat('x', 100) from generate_series(1, 20000) n`);
    const [first] = await reader.committed(1);
    await source.acknowledge(first?.endLsn ?? 0n);
    await source.close();
    expect(await confirmed()).toBe(first?.endLsn);
    attach();
    await reader.drain(sql);
    expect(reader.transactions.committed.map(({ changes }) => changes.length)).toEqual([20_000]);
  });

  it('goes on reading after what it acknowledged, and decodes that no more', async () => {
    attach((port) => heldWhole(port, 2000));
    for (let id = 1; id <= 40; id++) await db.simple(`insert into t values (${id}, repeat('x', 100))`);
    let sizes = 0;
    for (let idle = false; !idle;) {
      const batch = await reader.read();
      const last = reader.transactions.committed.at(-1);
      if (last) await source.acknowledge(last.endLsn);
      sizes += batch.bytes;
      idle = batch.idle;
    }
    expect(reader.transactions.committed).toHaveLength(40);
    expect(sizes).toBeLessThan(40 * 600);
  });

  it('of a slot that somebody else moved fails: what was between is lost', async () => {
    attach();
    await reader.drain(sql);
    await db.simple(`insert into t values (1)`);
    const [row] = await sql.query('select (pg_current_wal_flush_lsn() - $1::pg_lsn)::text', ['0/0']);
    await advanceSlot(sql, slot(), BigInt(row?.[0] ?? 0));
    await expect(reader.drain(sql)).rejects.toMatchObject({ code: 'protocol_error' });
    await expect(source.read()).rejects.toMatchObject({ code: 'protocol_error' });
  });

  it('of a slot that somebody reads is refused', async () => {
    await db.simple(`insert into t values (1)`);
    const held = await PgConnection.open(connect, database.url, { replication: true });
    await held.startCopyBoth(
      `START_REPLICATION SLOT ${slot()} LOGICAL 0/0 (proto_version '1', publication_names 'vibestack')`,
    );
    attach();
    await expect(source.read()).rejects.toMatchObject({ name: 'PgError', sqlstate: '55006' });
    await held.close();
  });

  it('without its publication fails, where Postgres 18 would go on and lose the changes', async () => {
    attach();
    await db.simple('drop publication vibestack; insert into t values (1)');
    await expect(source.read()).rejects.toMatchObject({ name: 'PgError', sqlstate: '42704' });
  });

  it('is used no more once it was closed', async () => {
    attach();
    await source.close();
    await expect(source.read()).rejects.toMatchObject({ name: 'ConnectionLostError' });
    await expect(source.acknowledge(1n)).rejects.toMatchObject({ name: 'ConnectionLostError' });
    await expect(source.probe()).rejects.toMatchObject({ name: 'ConnectionLostError' });
    await source.close();
  });
});

describe('memory does not grow with a transaction', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };

  it.each([
    { name: 'rows that come one by one', rows: 1_000_000, wrap: (port: SqlPort) => port },
    { name: 'answers of 4 MiB', rows: 300_000, wrap: (port: SqlPort) => heldWhole(port, 4 * 1024 * 1024) },
  ])('$name', async ({ rows, wrap }) => {
    attach(wrap);
    await db.simple(`insert into t select generate_series(1, ${rows})`);
    const before = used();
    let most = 0;
    let inserts = 0;
    for (let batches = 0, done = false; !done; batches++) {
      const { messages } = await source.read();
      for (const message of messages) {
        if (message.kind === 'insert') inserts++;
        if (message.kind === 'commit' && inserts > 0) done = true;
      }
      if (batches % 8 === 0) most = Math.max(most, used() - before);
    }
    expect(inserts).toBe(rows);
    expect(most).toBeLessThan(48 * 1024 * 1024);
  });
});
