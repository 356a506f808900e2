import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { PgConnection } from './connection/connection.ts';
import { ConnectionLostError, PgError } from './errors.ts';
import { connect } from './node/index.ts';
import { createSlot, dropSlot, readSlot, terminateActive } from './slot.ts';
import { openReplicationStream, type ReplicationStream, type StreamMessage } from './stream.ts';

let database: TestDatabase;
let db: PgConnection;

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  db = await PgConnection.open(connect, database.url);
});

afterEach(async () => {
  await db.close();
  await database.drop();
});

describe('a connection', () => {
  it('signs in with SCRAM, and says 28P01 for a wrong password', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    await expect(PgConnection.open(connect, wrong.href)).rejects.toMatchObject({ name: 'PgError', sqlstate: '28P01' });
  });

  it('says that nothing answers', async () => {
    await expect(PgConnection.open(connect, 'postgres://postgres@127.0.0.1:1/x')).rejects.toThrow(ConnectionLostError);
  });

  it('carries text and null both ways', async () => {
    const { columns, rows, command } = await db.query('select $1::text as a, $2::int as b, $3::text as c', [
      'Ü 🚀',
      '7',
      null,
    ]);
    expect(columns.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(rows).toEqual([['Ü 🚀', '7', null]]);
    expect(command).toBe('SELECT 1');
  });

  it('has times printed in UTC, whatever the database is set to', async () => {
    await db.query(`alter database "${database.name}" set timezone = 'Asia/Kolkata'`);
    await db.query(`alter database "${database.name}" set datestyle = 'German'`);
    const other = await PgConnection.open(connect, database.url);
    const { rows } = await other.query(`select timestamptz '2026-03-29 01:30:00.123456+00'`);
    expect(rows).toEqual([['2026-03-29 01:30:00.123456+00']]);
    await other.close();
  });

  it('goes on after an error, which names what it concerns', async () => {
    await db.simple('create table t (id int primary key, n int not null constraint positive check (n > 0))');
    const error = await db.query('insert into t values (1, -1)').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PgError);
    expect(error).toMatchObject({ sqlstate: '23514', table: 't', constraint: 'positive' });
    expect((await db.query('select 1')).rows).toEqual([['1']]);
  });

  it('that is ended by the server fails what is under way, and everything after', async () => {
    const { rows } = await db.query('select pg_backend_pid()::text');
    const sleeping = db.query('select pg_sleep(60)').catch((caught: unknown) => caught);
    await database.sql`select pg_terminate_backend(${Number(rows[0]?.[0])})`;
    expect(await sleeping).toMatchObject({ sqlstate: '57P01' });
    await expect(db.query('select 1')).rejects.toThrow(ConnectionLostError);
    expect(db.closed).toBe(true);
  });

  it('cancels a running statement', async () => {
    const sleeping = db.query('select pg_sleep(60)').catch((caught: unknown) => caught);
    await db.cancel();
    expect(await sleeping).toMatchObject({ sqlstate: '57014' });
  });

  it('copies out what COPY IN would take', async () => {
    await db.simple(`create table t as select n, repeat('x', 100) || n as text from generate_series(1, 5000) n`);
    let bytes = 0;
    let lines = 0;
    for await (const chunk of db.copyOut('copy t to stdout')) {
      bytes += chunk.length;
      lines += chunk.filter((byte) => byte === 10).length;
    }
    expect(lines).toBe(5000);
    expect(bytes).toBeGreaterThan(500_000);
    expect((await db.query('select 1')).rows).toEqual([['1']]);
  });
});

describe('a stream', () => {
  let stream: ReplicationStream;
  const slot = () => `s_${database.name.slice(5, 25)}`;

  const begin = async (ddl: string) => {
    await db.simple(`${ddl}; create publication vibestack for all tables`);
    await createSlot(db, slot());
    stream = await openReplicationStream(connect, database.url, { slot: slot(), publication: 'vibestack' });
  };

  /** Reads up to and including the given number of commits. */
  const commits = async (count: number): Promise<StreamMessage[]> => {
    const out: StreamMessage[] = [];
    while (out.filter(({ kind }) => kind === 'commit').length < count) out.push(...(await stream.read()).messages);
    return out.filter(({ kind }) => kind !== 'keepalive' && kind !== 'relation' && kind !== 'type');
  };

  afterEach(async () => {
    await stream.close();
    await terminateActive(db, slot());
    await dropSlot(db, slot());
  });

  it('delivers every type exactly as Postgres prints it', async () => {
    await begin(`create type mood as enum ('sad', 'glad');
      create table t (id int primary key, a bigint, b numeric, c timestamptz, d timestamptz, e text[], f bytea, g jsonb, h char(5), i mood, j int4range, k boolean, l double precision)`);
    await db.simple(`insert into t values (1, 9223372036854775807, 12345678901234567890.123456789, '2026-01-02 03:04:05.123456+00', 'infinity',
      '{a,"b c",null}', '\\x00ff', '{"n": 12345678901234567890.5}', 'ab', 'glad', '[1,5)', true, 0.1)`);
    const [, insert] = await commits(1);
    expect(insert).toMatchObject({
      kind: 'insert',
      row: {
        id: '1',
        a: '9223372036854775807',
        b: '12345678901234567890.123456789',
        c: '2026-01-02 03:04:05.123456+00',
        d: 'infinity',
        e: '{a,"b c",NULL}',
        f: '\\x00ff',
        g: '{"n": 12345678901234567890.5}',
        h: 'ab   ',
        i: 'glad',
        j: '[1,5)',
        k: 't',
        l: '0.1',
      },
    });
  });

  it('an unchanged TOAST value is missing, or filled in under replica identity full; never null', async () => {
    await begin('create table t (id int primary key, n int, long text); alter table t alter long set storage external');
    await db.simple(`insert into t values (1, 0, repeat('x', 10000))`);
    await db.simple('update t set n = 1');
    await db.simple('alter table t replica identity full');
    await db.simple('update t set n = 2');
    const updates = (await commits(3)).filter((message) => message.kind === 'update');
    expect(updates[0]?.row).toEqual({ id: '1', n: '1' });
    expect(updates[1]?.row['long']).toHaveLength(10_000);
  });

  it('tells a changed primary key by its old one, and deletes by theirs', async () => {
    await begin('create table t (a int, b int, n int, primary key (a, b))');
    await db.simple('insert into t values (1, 2, 3); update t set b = 9; delete from t');
    const messages = await commits(1);
    expect(messages.find(({ kind }) => kind === 'update')).toMatchObject({
      oldKind: 'key',
      old: { a: '1', b: '2' },
      row: { a: '1', b: '9', n: '3' },
    });
    expect(messages.find(({ kind }) => kind === 'delete')).toMatchObject({ old: { a: '1', b: '9' } });
  });

  it('delivers transactions in the order of their commits, truncates and logical messages included', async () => {
    await begin('create table t (id int primary key)');
    await database.sql.begin(async (slow) => {
      await slow`insert into t values (1)`;
      await db.simple('insert into t values (2)');
    });
    await db.simple(`begin; select pg_logical_emit_message(true, 'p', 'hello'); truncate t; commit`);
    const messages = await commits(3);
    expect(messages.filter((m) => m.kind === 'insert').map(({ row }) => row['id'])).toEqual(['2', '1']);
    const said = messages.find((m) => m.kind === 'message');
    expect(said && new TextDecoder().decode(said.content)).toBe('hello');
    expect(messages.filter(({ kind }) => kind === 'truncate')).toHaveLength(1);
    const ends = messages.filter((m) => m.kind === 'commit').map(({ commitLsn }) => commitLsn);
    expect([...ends].sort((a, b) => (a < b ? -1 : 1))).toEqual(ends);
  });

  it('never acknowledges what was only read, not in a keepalive’s answer either', async () => {
    await begin('create table t (id int primary key)');
    const before = (await readSlot(db, slot()))?.confirmedFlushLsn ?? 0n;
    await db.simple('insert into t values (1)');
    const commit = (await commits(1)).find((message) => message.kind === 'commit');
    await stream.probe();
    for (let answered = false; !answered;)
      answered = (await stream.read()).messages.some(({ kind }) => kind === 'keepalive');
    expect((await readSlot(db, slot()))?.confirmedFlushLsn).toBe(before);
    const end = commit?.endLsn ?? 0n;
    await stream.acknowledge(end);
    await stream.probe();
    for (let answered = false; !answered;)
      answered = (await stream.read()).messages.some(({ kind }) => kind === 'keepalive');
    expect((await readSlot(db, slot()))?.confirmedFlushLsn).toBe(end);
  });

  it('of a taken slot is refused, and freed by ending its reader', async () => {
    await begin('create table t (id int primary key)');
    const options = { slot: slot(), publication: 'vibestack' };
    await expect(openReplicationStream(connect, database.url, options)).rejects.toMatchObject({ sqlstate: '55006' });
    await terminateActive(db, slot());
    const untilItEnds = async () => {
      for (;;) await stream.read(); // keepalives may come first
    };
    await expect(untilItEnds()).rejects.toThrow();
    stream = await openReplicationStream(connect, database.url, options);
    expect(stream.identity.systemId).toMatch(/^\d+$/);
  });
});
