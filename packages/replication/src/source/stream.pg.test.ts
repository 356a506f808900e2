import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import type { PgErrorFields } from '../errors.ts';
import { connect } from '../node/index.ts';
import { pgSql } from '../sql/pg-sql.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import { readServer } from './server.ts';
import { createSlot, readSlot, terminateActive } from './slot.ts';
import { openStream, type StreamOptions, type StreamSource } from './stream.ts';
import { Reader } from './testing/reader.ts';

describe('a stream', () => {
  let database: TestDatabase;
  let sql: SqlPort;
  let db: PgConnection;
  let stream: StreamSource;
  let reader: Reader;
  const slot = () => `s_${database.name.slice(5, 25)}`;

  const attach = async (options: Partial<StreamOptions> = {}): Promise<void> => {
    stream = await openStream(connect, database.url, { slot: slot(), publication: 'vibestack', ...options });
    reader = new Reader(stream);
  };

  const begin = async (options: Partial<StreamOptions> = {}): Promise<void> => {
    await createSlot(sql, slot());
    await attach(options);
  };

  beforeEach(async () => {
    database = await createTestDatabase(inject('postgresUrl'));
    await database.sql.unsafe(`alter database ${database.name} set logical_decoding_work_mem = '64kB'`);
    sql = pgSql(connect, database.url);
    db = await PgConnection.open(connect, database.url);
    await db.simple('create table t (id int primary key, text text); create publication vibestack for all tables');
  });

  afterEach(async () => {
    await stream.close();
    await db.close();
    await sql.close();
    await database.drop();
  });

  it('says which server it comes from', async () => {
    await begin();
    const { systemId, timeline, current } = await readServer(sql);
    expect(stream.identity).toMatchObject({ systemId, timeline });
    expect(stream.identity.current).toBeLessThanOrEqual(current);
  });

  it('hands over a large transaction while it is open, and takes back what it rolls back', async () => {
    await begin();
    await db.simple(`begin; insert into t select n, repeat('x', 100) from generate_series(1, 2000) n`);
    while (reader.transactions.blocks === 0) await reader.read();
    expect(reader.transactions.committed).toEqual([]);
    await db.simple(`savepoint a; insert into t select n, repeat('x', 100) from generate_series(2001, 4000) n`);
    await db.simple(`rollback to a; insert into t values (5000); commit`);
    const [transaction] = await reader.committed(1);
    expect(transaction?.changes).toHaveLength(2001);
    expect(reader.transactions.blocks).toBeGreaterThan(2);
    expect(reader.transactions.aborts).toBe(1);
  });

  it('an open transaction, half of it handed over, is delivered whole again after walEnd was acknowledged', async () => {
    await begin();
    await db.simple(`begin; insert into t select n, repeat('x', 100) from generate_series(1, 2000) n`);
    await database.sql`create table other (id int)`;
    await reader.drain(sql);
    expect(reader.transactions.blocks).toBeGreaterThan(0);
    await stream.acknowledge(reader.walEnd);
    await stream.close();
    await db.simple('commit');
    await terminateActive(sql, slot());
    await attach();
    const [transaction] = await reader.committed(1);
    expect(transaction?.changes).toHaveLength(2000);
  });

  it('a transaction that was over before it was decoded may be aborted without having been handed over', async () => {
    await createSlot(sql, slot());
    await db.simple(
      `begin; savepoint a; insert into t select n, repeat('x', 100) from generate_series(1, 3000) n; rollback`,
    );
    await db.simple('insert into t values (1)');
    await attach();
    expect((await reader.drain(sql)).map(({ changes }) => changes.length)).toEqual([1]);
  });

  it('a logical message of a subtransaction is not taken back with it, when it had been handed over', async () => {
    await begin();
    await db.simple(`begin; savepoint a; select pg_logical_emit_message(true, 'p', 'said');
      insert into t select n, repeat('x', 100) from generate_series(1, 2000) n`);
    while (reader.transactions.blocks === 0) await reader.read();
    await db.simple('rollback to a; insert into t values (1); commit');
    const [transaction] = await reader.committed(1);
    expect(transaction?.changes.map(({ kind }) => kind)).toEqual(['message', 'insert']);
  });

  it('walEnd tells nothing about a transaction that is being handed over', async () => {
    await begin({ streaming: false });
    await db.simple(`insert into t select n, repeat('x', 100) from generate_series(1, 20000) n`);
    let before = 0n;
    while (reader.transactions.committed.length === 0) {
      before = reader.walEnd;
      await stream.probe(); // answered between two changes
      await reader.read();
    }
    expect(before).toBeGreaterThan(0n);
    expect(before).toBeLessThanOrEqual(reader.transactions.committed[0]?.commitLsn ?? 0n);
  });

  it('never acknowledges what was only read, not in a keepalive’s answer or a sign of life either', async () => {
    await begin();
    const before = (await readSlot(sql, slot()))?.confirmedFlushLsn;
    await db.simple('insert into t values (1)');
    await reader.committed(1);
    for (let answers = 0; answers < 3;) {
      await stream.probe();
      await stream.keepAlive();
      if ((await reader.read()).walEnd > 0n) answers++;
    }
    expect((await readSlot(sql, slot()))?.confirmedFlushLsn).toBe(before);
  });

  it('signs of life keep it open beyond wal_sender_timeout, while nobody reads', async () => {
    await database.sql.unsafe(`alter database ${database.name} set wal_sender_timeout = '400ms'`);
    await begin();
    for (let i = 0; i < 12; i++) {
      await stream.keepAlive();
      await database.sql`select pg_sleep(0.1)`;
    }
    await db.simple('insert into t values (1)');
    expect(await reader.committed(1)).toHaveLength(1);
  });

  it('of a taken slot is refused, and freed by ending its reader', async () => {
    await begin();
    const options = { slot: slot(), publication: 'vibestack' };
    await expect(openStream(connect, database.url, options)).rejects.toMatchObject({ sqlstate: '55006' });
    await terminateActive(sql, slot());
    const untilItEnds = async () => {
      for (;;) await stream.read(); // keepalives may come first
    };
    await expect(untilItEnds()).rejects.toThrow();
    await attach();
  });

  it('passes on what the server says beside the changes: a dropped publication, which loses them', async () => {
    const notices: PgErrorFields[] = [];
    await begin({ onNotice: (notice) => notices.push(notice) });
    await db.simple('drop publication vibestack; insert into t values (1)');
    if ((await readServer(sql)).version >= 18_00_00) {
      while (notices.length === 0) await reader.settle();
      expect(notices[0]).toMatchObject({ severity: 'WARNING', sqlstate: '55000' });
      expect(notices[0]?.message).toContain('vibestack');
      expect(reader.transactions.committed.flatMap(({ changes }) => changes)).toEqual([]);
    } else {
      await expect(reader.committed(1)).rejects.toMatchObject({ sqlstate: '42704' });
    }
  });

  it('gives values in their binary form when asked to', async () => {
    await begin({ binary: true });
    await db.simple(`insert into t values (258, 'ü')`);
    const [transaction] = await reader.committed(1);
    expect(transaction?.changes).toEqual([
      {
        kind: 'insert',
        table: 'public.t',
        row: { id: new Uint8Array([0, 0, 1, 2]), text: new TextEncoder().encode('ü') },
      },
    ]);
  });

  it('begins at a later position when told to', async () => {
    await begin();
    await db.simple('insert into t values (1)');
    await db.simple('insert into t values (2)');
    const [first] = await reader.committed(2);
    await stream.close();
    await terminateActive(sql, slot());
    await attach({ startLsn: first?.endLsn ?? 0n });
    const [again] = await reader.committed(1);
    expect(again?.changes).toMatchObject([{ row: { id: '2' } }]);
  });
});

it('a stream does not go through a pooler', async () => {
  await expect(
    openStream(connect, 'postgres://a@x-pooler.example/d', { slot: 's', publication: 'p' }),
  ).rejects.toMatchObject({ code: 'bad_url' });
});
