import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import { connect } from '../node/index.ts';
import { pgSql } from '../sql/pg-sql.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import { readPublication } from './publication.ts';
import { readServer, xactStatus } from './server.ts';
import { advanceSlot, createSlot, dropSlot, readSlot, terminateActive } from './slot.ts';

let database: TestDatabase;
let sql: SqlPort;
const slot = () => `s_${database.name.slice(5, 25)}`;
const statement = (text: string) => database.sql.unsafe(text);

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  sql = pgSql(connect, database.url);
});

afterEach(async () => {
  await sql.close();
  await database.drop();
});

describe('a slot', () => {
  it('is created at a consistent point, read, advanced and dropped', async () => {
    expect(await readSlot(sql, slot())).toBeNull();
    const consistent = await createSlot(sql, slot());
    await statement('create table t as select generate_series(1, 1000)');
    const state = await readSlot(sql, slot());
    expect(state).toMatchObject({
      confirmedFlushLsn: consistent,
      activePid: null,
      walStatus: 'reserved',
      database: database.name,
      plugin: 'pgoutput',
      invalidationReason: null,
    });
    expect(state?.restartLsn).toBeLessThanOrEqual(consistent);
    expect(state?.lagBytes).toBeGreaterThan(1000n);
    expect(state?.restartLagBytes).toBeGreaterThanOrEqual(state?.lagBytes ?? 0n);
    if ((await readServer(sql)).version >= 17_00_00) expect(state?.inactiveSince).toMatch(/^\d{4}-/);
    await advanceSlot(sql, slot(), consistent + 1000n);
    await advanceSlot(sql, slot(), consistent);
    expect((await readSlot(sql, slot()))?.confirmedFlushLsn).toBe(consistent + 1000n);
    await dropSlot(sql, slot());
    await dropSlot(sql, slot());
    expect(await readSlot(sql, slot())).toBeNull();
  });

  it('that exists cannot be created again', async () => {
    await createSlot(sql, slot());
    await expect(createSlot(sql, slot())).rejects.toMatchObject({ sqlstate: '42710' });
  });

  it('is freed of its reader', async () => {
    await createSlot(sql, slot());
    await statement('create publication p');
    const held = await PgConnection.open(connect, database.url, { replication: true });
    await held.startCopyBoth(`START_REPLICATION SLOT ${slot()} LOGICAL 0/0 (proto_version '1', publication_names 'p')`);
    expect((await readSlot(sql, slot()))?.activePid).toBeGreaterThan(0);
    await expect(dropSlot(sql, slot())).rejects.toMatchObject({ sqlstate: '55006' });
    await terminateActive(sql, slot());
    await dropSlot(sql, slot());
    await held.close();
  });
});

describe('a publication', () => {
  it('that does not exist is null', async () => {
    expect(await readPublication(sql, 'p')).toBeNull();
  });

  it('of all tables has none by name', async () => {
    await statement('create table t (id int primary key); create publication p for all tables');
    expect(await readPublication(sql, 'p')).toMatchObject({
      allTables: true,
      operations: { insert: true, update: true, delete: true, truncate: true },
      viaRoot: false,
      generatedColumns: false,
      schemas: [],
      tables: [],
    });
  });

  it('of tables names them, each with an entry that changes when it is put in again', async () => {
    await statement(`create schema other; create table other.b (id int primary key);
      create table a (id int primary key); create publication p for table other.b, a
      with (publish = 'insert, delete', publish_via_partition_root)`);
    const before = await readPublication(sql, 'p');
    expect(before).toMatchObject({
      allTables: false,
      operations: { insert: true, update: false, delete: true, truncate: false },
      viaRoot: true,
      tables: [
        { schema: 'other', name: 'b', columns: null, rowFilter: false },
        { schema: 'public', name: 'a', columns: null, rowFilter: false },
      ],
    });
    await statement('alter publication p drop table a; alter publication p add table a');
    const after = await readPublication(sql, 'p');
    expect(after?.oid).toBe(before?.oid);
    expect(after?.tables[0]?.oid).toBe(before?.tables[0]?.oid);
    expect(after?.tables[1]?.oid).not.toBe(before?.tables[1]?.oid);
  });

  it('tells of column lists, row filters, schemas and generated columns, where the server has them', async () => {
    const { version } = await readServer(sql);
    await statement(`create schema other; create table t (z int, "a,b" int, id int primary key, gone int);
      alter table t drop column gone; create publication p for table t`);
    expect((await readPublication(sql, 'p'))?.tables).toMatchObject([{ columns: null, rowFilter: false }]);
    if (version >= 15_00_00) {
      await statement('alter publication p set table t (id, "a,b") where (id > 0)');
      expect((await readPublication(sql, 'p'))?.tables).toMatchObject([{ columns: ['a,b', 'id'], rowFilter: true }]);
      await statement('alter publication p set tables in schema other, public');
      expect(await readPublication(sql, 'p')).toMatchObject({ schemas: ['other', 'public'], tables: [] });
    }
    if (version >= 18_00_00) {
      await statement('alter publication p set (publish_generated_columns = stored)');
      expect(await readPublication(sql, 'p')).toMatchObject({ generatedColumns: true });
    }
  });
});

describe('a server', () => {
  it('tells what a reader of its changes must know', async () => {
    const server = await readServer(sql);
    expect(server).toMatchObject({ timeline: 1, inRecovery: false, walLevel: 'logical', walSenderTimeoutMs: 60_000 });
    expect(server.version).toBeGreaterThanOrEqual(14_00_00);
    expect(server.systemId).toMatch(/^\d{19}$/);
    expect(server.current).toBeGreaterThan(0n);
  });

  it('knows how a transaction ended', async () => {
    const db = await PgConnection.open(connect, database.url);
    const { rows } = await db.simple('begin; create table t (); select pg_current_xact_id()');
    const first = BigInt(rows[0]?.[0] ?? 0);
    expect(await xactStatus(sql, first)).toBe('in progress');
    await db.simple('commit');
    expect(await xactStatus(sql, first)).toBe('committed');
    const aborted = await db.simple('begin; select pg_current_xact_id()');
    await db.simple('rollback');
    expect(await xactStatus(sql, BigInt(aborted.rows[0]?.[0] ?? 0))).toBe('aborted');
    expect((await readServer(sql)).nextXid).toBeGreaterThan(first);
    await expect(xactStatus(sql, (1n << 40n) + 9n)).rejects.toMatchObject({ sqlstate: '22023' });
    await db.close();
  });
});
