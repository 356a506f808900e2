import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { ConnectionLostError, PgError, type PgErrorFields } from '../errors.ts';
import { connect } from '../node/index.ts';
import { PgConnection } from './connection.ts';

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

/** A cancel request that comes before the statement has no effect. */
async function untilAsleep(): Promise<void> {
  const asleep = () => database.sql`select 1 from pg_stat_activity
    where datname = ${database.name} and wait_event = 'PgSleep'`;
  while ((await asleep()).length === 0);
}

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
    await untilAsleep();
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

  it('yields rows in pieces, and stays usable', async () => {
    const seen: (string | null)[] = [];
    let pieces = 0;
    for await (const rows of db.rows('select n, null from generate_series(1, 50000) n where n > $1', ['10'])) {
      pieces++;
      seen.push(...rows.map(([n]) => n ?? null));
    }
    expect(seen).toHaveLength(49_990);
    expect(seen.at(-1)).toBe('50000');
    expect(pieces).toBeGreaterThan(5);
    expect((await db.query('select 1')).rows).toEqual([['1']]);
  });

  it.each([
    ['rows', () => db.rows('select n from generate_series(1, 1000000) n')],
    ['copied bytes', () => db.copyOut('copy (select n from generate_series(1, 1000000) n) to stdout')],
  ])('that ends %s early is closed, and the statement ends with it', async (_, start) => {
    const { rows } = await db.query('select pg_backend_pid()');
    for await (const piece of start()) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(db.closed).toBe(true);
    for (;;) {
      if ((await database.sql`select 1 from pg_stat_activity where pid = ${Number(rows[0]?.[0])}`).length === 0) break;
    }
  });

  it('throws an error in the middle of rows after those before it, and stays usable', async () => {
    let count = 0;
    const reading = async () => {
      for await (const rows of db.rows('select 1 / (30000 - n) from generate_series(1, 50000) n')) count += rows.length;
    };
    await expect(reading()).rejects.toMatchObject({ sqlstate: '22012' });
    expect(count).toBe(29_999);
    expect((await db.query('select 1')).rows).toEqual([['1']]);
  });

  it('runs one statement at a time, rows that are not read to their end included', async () => {
    const rows = db.rows('select n from generate_series(1, 100000) n');
    await rows.next();
    await expect(db.query('select 1')).rejects.toThrow('one statement at a time');
    await rows.return(undefined);
  });

  it('refuses to be fed by COPY FROM STDIN, and stays usable', async () => {
    await db.simple('create table t (n int)');
    await expect(db.simple('copy t from stdin')).rejects.toMatchObject({ sqlstate: '57014' });
    await expect(db.rows('copy t from stdin').next()).rejects.toMatchObject({ sqlstate: '57014' });
    expect((await db.query('select 1')).rows).toEqual([['1']]);
  });

  it('carries values that are larger than what one read brings', async () => {
    const text = 'äx'.repeat(3_000_000);
    expect((await db.query('select $1::text || $1', [text])).rows[0]?.[0]).toHaveLength(12_000_000);
  });

  it('refuses messages that are longer than its owner accepts', async () => {
    const small = await PgConnection.open(connect, database.url, { longestMessage: 100_000 });
    expect((await small.query(`select repeat('x', 99000)`)).rows).toHaveLength(1);
    await expect(small.query(`select repeat('x', 100000)`)).rejects.toMatchObject({ name: 'ProtocolError' });
    expect(small.closed).toBe(true);
  });

  it('tells its owner of warnings and notices, whatever runs', async () => {
    const notices: PgErrorFields[] = [];
    const told = await PgConnection.open(connect, database.url, { onNotice: (notice) => notices.push(notice) });
    await told.simple(`do $$ begin raise warning 'careful' using hint = 'slowly'; end $$`);
    for await (const piece of told.copyOut(`copy (select 1) to stdout`)) expect(piece).toHaveLength(2);
    await told.query('drop table if exists nothing');
    expect(notices).toMatchObject([
      { severity: 'WARNING', sqlstate: '01000', message: 'careful', hint: 'slowly', where: /./ },
      { severity: 'NOTICE', sqlstate: '00000' },
    ]);
    await told.close();
  });

  it('names in an error where it happened', async () => {
    await db.simple(`create domain positive as int check (value > 0);
      create function f() returns int language plpgsql as $$ begin return (-1)::positive; end $$`);
    await expect(db.query('select f()')).rejects.toMatchObject({
      sqlstate: '23514',
      schema: 'public',
      dataType: 'positive',
      constraint: 'positive_check',
      where: expect.stringContaining('PL/pgSQL function f()') as string,
    });
    await expect(db.query('select nothing')).rejects.toMatchObject({
      position: '8',
      routine: 'errorMissingColumn',
    });
  });

  it('takes options for the server from its URL', async () => {
    const url = `${database.url}?options=-c%20search_path%3Delsewhere&application_name=someone&target_session_attrs=primary`;
    const other = await PgConnection.open(connect, url);
    expect((await other.query('show search_path')).rows).toEqual([['elsewhere']]);
    expect((await other.query('show application_name')).rows).toEqual([['someone']]);
    await other.close();
  });

  it('lasts longer than connect_timeout', async () => {
    const other = await PgConnection.open(connect, `${database.url}?connect_timeout=1`);
    expect((await other.query('select pg_sleep(1.5)')).rows).toEqual([['']]);
    await other.close();
  });

  it('says what the server says when it refuses', async () => {
    const nowhere = new URL(database.url);
    nowhere.pathname = '/nowhere';
    await expect(PgConnection.open(connect, nowhere.href)).rejects.toMatchObject({ sqlstate: '3D000' });
    await db.simple(`create role "${database.name}" login password 'x' connection limit 0`);
    const full = new URL(database.url);
    [full.username, full.password] = [database.name, 'x'];
    await expect(PgConnection.open(connect, full.href)).rejects.toMatchObject({ name: 'PgError', sqlstate: '53300' });
    await db.simple(`drop role "${database.name}"`);
  });

  it('says that the URL has no password when the server asks for one', async () => {
    const url = new URL(database.url);
    url.password = '';
    await expect(PgConnection.open(connect, url.href)).rejects.toMatchObject({ name: 'UrlError' });
  });

  it('refuses replication commands as queries', async () => {
    const walsender = await PgConnection.open(connect, database.url, { replication: true });
    await walsender.simple(`CREATE_REPLICATION_SLOT ${database.name} TEMPORARY LOGICAL pgoutput`);
    const start = `START_REPLICATION SLOT ${database.name} LOGICAL 0/0 (proto_version '1', publication_names 'p')`;
    await expect(walsender.simple(start)).rejects.toThrow('startCopyBoth');
    expect(walsender.closed).toBe(true);
  });
});
