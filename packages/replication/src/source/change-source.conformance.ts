import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import { connect } from '../node/index.ts';
import { pgSql } from '../sql/pg-sql.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import { readServer } from './server.ts';
import { createSlot, readSlot } from './slot.ts';
import { Reader } from './testing/reader.ts';
import type { SourceKind } from './testing/sources.ts';

/** What every change source promises, on a real server. The numbers are the traps of the design. */
export function describeChangeSource(kind: SourceKind): void {
  describe(kind.name, () => {
    let database: TestDatabase;
    let sql: SqlPort;
    let db: PgConnection;
    let reader: Reader;
    const open: Reader[] = [];
    const slot = () => `s_${database.name.slice(5, 25)}`;

    const attach = async (): Promise<Reader> => {
      const opened = new Reader(await kind.open(database.url, { slot: slot(), publication: 'vibestack' }));
      open.push(opened);
      return opened;
    };

    const begin = async (ddl: string): Promise<void> => {
      await db.simple(`${ddl}; create publication vibestack for all tables`);
      await createSlot(sql, slot());
      reader = await attach();
    };

    const confirmed = async (): Promise<bigint> => (await readSlot(sql, slot()))?.confirmedFlushLsn ?? 0n;

    /** Waits until the slot has been moved as far as this; @returns how far it was. */
    const movedTo = async (lsn: bigint): Promise<bigint> => {
      for (;;) {
        await reader.settle();
        const now = await confirmed();
        if (now >= lsn) return now;
      }
    };

    /** The changes of all committed transactions, one after the other. */
    const changes = async () => (await reader.drain(sql)).flatMap((transaction) => transaction.changes);

    beforeEach(async () => {
      database = await createTestDatabase(inject('postgresUrl'));
      sql = pgSql(connect, database.url);
      db = await PgConnection.open(connect, database.url);
    });

    afterEach(async () => {
      for (const { source } of open.splice(0)) await source.close();
      await db.close();
      await sql.close();
      await database.drop();
    });

    it('delivers every type exactly as Postgres prints it', async () => {
      await begin(`create type mood as enum ('sad', 'glad'); create domain short as varchar(9) check (value <> '');
        create type pair as (a int, b text);
        create table t (id int primary key, a bigint, b numeric, c timestamptz, d timestamptz, e text[], f bytea,
          g jsonb, h char(5), i mood, j int4range, k boolean, l double precision, m json, n short, o pair, p date,
          q interval, r uuid, s real, u timestamp, v time, w inet, x numeric, y double precision, z int[][])`);
      await db.simple(`insert into t values (1, 9223372036854775807, 12345678901234567890.123456789,
        '2026-01-02 03:04:05.123456+00', 'infinity', '{a,"b c",null}', '\\x00ff', '{"n": 12345678901234567890.5}', 'ab',
        'glad', '[1,5)', true, 0.1, '{"b":1,  "a":1e400}', 'ü', '(1,"a ""b""")', '-infinity', '1 year 2 days 03:04',
        '00000000-0000-0000-0000-0000000000ff', 1.1, '0044-03-15 01:02:03.000001 BC', '24:00', '::1/64', 'NaN', '-0',
        '{{1,2},{3,null}}')`);
      expect(await changes()).toEqual([
        {
          kind: 'insert',
          table: 'public.t',
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
            m: '{"b":1,  "a":1e400}',
            n: 'ü',
            o: '(1,"a ""b""")',
            p: '-infinity',
            q: '1 year 2 days 03:04:00',
            r: '00000000-0000-0000-0000-0000000000ff',
            s: '1.1',
            u: '0044-03-15 01:02:03.000001 BC',
            v: '24:00:00',
            w: '::1/64',
            x: 'NaN',
            y: '-0',
            z: '{{1,2},{3,NULL}}',
          },
        },
      ]);
    });

    it('an unchanged TOAST value is undefined, or filled in under replica identity full; never null (trap 4)', async () => {
      await begin(
        'create table t (id int primary key, n int, long text); alter table t alter long set storage external',
      );
      await db.simple(`insert into t values (1, 0, repeat('x', 10000))`);
      await db.simple('update t set n = 1');
      await db.simple('update t set long = null');
      await db.simple(`update t set long = repeat('y', 10000)`);
      await db.simple('alter table t replica identity full');
      await db.simple('update t set n = 2');
      const rows = (await changes()).map((change) => (change.kind === 'update' ? change.row : null));
      expect(rows.slice(1, 3)).toEqual([
        { id: '1', n: '1' },
        { id: '1', n: '1', long: null },
      ]);
      expect(rows[4]).toEqual({ id: '1', n: '2', long: 'y'.repeat(10_000) });
    });

    it('tells a changed composite key by its old one, and nothing old when it did not change (trap 5)', async () => {
      await begin('create table t (a int, n int, b int, primary key (b, a))');
      await db.simple('insert into t values (1, 3, 2); update t set n = 4; update t set b = 9; delete from t');
      expect((await changes()).slice(1)).toEqual([
        { kind: 'update', table: 'public.t', old: null, row: { a: '1', n: '4', b: '2' } },
        { kind: 'update', table: 'public.t', old: { a: '1', b: '2' }, row: { a: '1', n: '4', b: '9' } },
        { kind: 'delete', table: 'public.t', old: { a: '1', b: '9' } },
      ]);
    });

    it('a delete carries only the key, or the whole row under replica identity full (trap 8)', async () => {
      await begin(
        'create table t (id int primary key, scope int not null, n int); create table f (like t including all)',
      );
      await db.simple('create unique index by_scope on t (id, scope); alter table f replica identity full');
      await db.simple('insert into t values (1, 2, 3), (2, 3, 4); insert into f values (1, 2, null)');
      await db.simple('delete from t where id = 1; alter table t replica identity using index by_scope');
      await db.simple('delete from t; delete from f');
      expect((await changes()).filter(({ kind: change }) => change === 'delete')).toEqual([
        { kind: 'delete', table: 'public.t', old: { id: '1' } },
        { kind: 'delete', table: 'public.t', old: { id: '2', scope: '3' } },
        { kind: 'delete', table: 'public.f', old: { id: '1', scope: '2', n: null } },
      ]);
    });

    it('delivers transactions in the order of their commits, however their changes interleave (trap 3)', async () => {
      await begin('create table t (id int primary key)');
      const other = await PgConnection.open(connect, database.url);
      await db.simple('begin; insert into t values (1)');
      await other.simple('begin; insert into t values (2)');
      await db.simple('insert into t values (3)');
      await other.simple('insert into t values (4); commit');
      await database.sql`insert into t values (5)`;
      await db.simple('insert into t values (6); commit');
      await other.close();
      const transactions = await reader.drain(sql);
      const ids = transactions.map(({ changes: all }) =>
        all.map((change) => change.kind === 'insert' && change.row['id']),
      );
      expect(ids).toEqual([['2', '4'], ['5'], ['1', '3', '6']]);
      const ends = transactions.map(({ commitLsn }) => commitLsn);
      expect([...ends].sort((a, b) => (a < b ? -1 : 1))).toEqual(ends);
      for (const { commitLsn, endLsn } of transactions) expect(endLsn).toBeGreaterThan(commitLsn);
    });

    it('TRUNCATE, DDL in mid-transaction and added columns with defaults arrive as they were (trap 6)', async () => {
      await begin('create table t (id int primary key, gone int); create table u (id int primary key)');
      await db.simple('insert into t values (1, 10)');
      await db.simple(`begin; insert into t values (2, 20); alter table t add column added text not null default 'd';
        insert into t (id) values (3); update t set gone = 5 where id = 1; alter table t drop column gone; alter table t rename added to renamed;
        insert into t values (4, 'x'); commit`);
      await db.simple('create table later (id int primary key); insert into later values (1)');
      await db.simple('truncate t, u restart identity cascade');
      await db.simple(`alter table u add column n int default 7`);
      await db.simple('insert into u (id) values (1)');
      expect(await changes()).toEqual([
        { kind: 'insert', table: 'public.t', row: { id: '1', gone: '10' } },
        { kind: 'insert', table: 'public.t', row: { id: '2', gone: '20' } },
        { kind: 'insert', table: 'public.t', row: { id: '3', gone: null, added: 'd' } },
        { kind: 'update', table: 'public.t', row: { id: '1', gone: '5', added: 'd' }, old: null },
        { kind: 'insert', table: 'public.t', row: { id: '4', renamed: 'x' } },
        { kind: 'insert', table: 'public.later', row: { id: '1' } },
        { kind: 'truncate', tables: ['public.t', 'public.u'] },
        { kind: 'insert', table: 'public.u', row: { id: '1', n: '7' } },
      ]);
    });

    it('what was rolled back, in whole or to a savepoint, is not delivered', async () => {
      await begin('create table t (id int primary key)');
      await db.simple('begin; insert into t select generate_series(1, 3000); rollback');
      await db.simple(`begin; insert into t values (1); savepoint a; insert into t select generate_series(2, 3000);
        savepoint b; insert into t values (5001); rollback to a; insert into t values (2); savepoint c;
        insert into t values (3); release c; commit`);
      const ids = (await changes()).map((change) => change.kind === 'insert' && change.row['id']);
      expect(ids).toEqual(['1', '2', '3']);
    });

    it('logical messages come with their transaction, or on their own', async () => {
      await begin('create table t (id int primary key)');
      await db.simple(`begin; select pg_logical_emit_message(true, 'p', 'lost'); rollback`);
      await db.simple(`begin; insert into t values (1); select pg_logical_emit_message(true, 'p', 'höllo'); commit`);
      await db.simple(`begin; select pg_logical_emit_message(false, 'p', 'loose'); rollback`);
      await db.simple('insert into t values (2)');
      expect((await changes()).filter(({ kind: change }) => change === 'message')).toEqual([
        { kind: 'message', prefix: 'p', content: 'höllo' },
      ]);
      expect(reader.transactions.loose).toEqual(['loose']);
    });

    it('what was replicated from elsewhere is delivered', async () => {
      const origin = database.name;
      await begin('create table t (id int primary key)');
      await db.simple(
        `select pg_replication_origin_create('${origin}'), pg_replication_origin_session_setup('${origin}')`,
      );
      await db.simple(`insert into t values (1)`);
      await db.simple(`select pg_replication_origin_session_reset(), pg_replication_origin_drop('${origin}')`);
      const [transaction] = (await reader.drain(sql)).filter(({ changes: all }) => all.length > 0);
      expect(transaction?.changes).toEqual([{ kind: 'insert', table: 'public.t', row: { id: '1' } }]);
      expect(transaction?.origin).toBe(origin);
    });

    it('transactions without a change of ours do not hold it up', async () => {
      await begin('create table t (id int primary key); create unlogged table u (id int)');
      await db.simple('begin; insert into u values (1); commit');
      await db.simple('create temporary table x (id int); insert into x values (1)');
      await db.simple('insert into t values (1)');
      const transactions = (await reader.drain(sql)).filter(({ changes: all }) => all.length > 0);
      expect(transactions.map(({ changes: all }) => all)).toEqual([
        [{ kind: 'insert', table: 'public.t', row: { id: '1' } }],
      ]);
    });

    it('stored generated columns are published since Postgres 18, and only if the publication says so (trap 7)', async () => {
      await begin('create table t (id int primary key, twice int generated always as (id * 2) stored)');
      await db.simple('insert into t values (1)');
      const expected: object[] = [{ kind: 'insert', table: 'public.t', row: { id: '1' } }];
      if ((await readServer(sql)).version >= 18_00_00) {
        await db.simple('alter publication vibestack set (publish_generated_columns = stored)');
        await db.simple('insert into t values (2)');
        expected.push({ kind: 'insert', table: 'public.t', row: { id: '2', twice: '4' } });
      }
      expect(await changes()).toEqual(expected);
    });

    it('never acknowledges what was only read (trap 1)', async () => {
      await begin('create table t (id int primary key)');
      const before = await confirmed();
      await db.simple('insert into t values (1)');
      await reader.drain(sql);
      await reader.drain(sql);
      expect(await confirmed()).toBe(before);
      const end = reader.transactions.committed[0]?.endLsn ?? 0n;
      await reader.source.acknowledge(end);
      await db.simple('insert into t values (2)');
      await reader.drain(sql);
      expect(await movedTo(end)).toBe(end);
    });

    it('an idle slot moves on with its acknowledged walEnd, while WAL grows without our tables (trap 2)', async () => {
      await begin('create table t (id int primary key)');
      const before = await readSlot(sql, slot());
      for (let round = 1; round <= 3; round++) {
        await db.simple('create temporary table filler (id int); drop table filler; checkpoint');
        await reader.drain(sql);
        const acknowledged = reader.walEnd;
        await reader.source.acknowledge(acknowledged);
        expect(await movedTo(acknowledged)).toBe(acknowledged);
      }
      const after = await readSlot(sql, slot());
      expect(after?.restartLsn).toBeGreaterThan(before?.restartLsn ?? 0n);
    });

    it('acknowledging never moves backward', async () => {
      await begin('create table t (id int primary key)');
      await db.simple('insert into t values (1)');
      await reader.drain(sql);
      const end = reader.walEnd;
      await reader.source.acknowledge(end);
      await reader.source.acknowledge(end - 100n);
      expect(await movedTo(end)).toBe(end);
    });

    it('opened again, delivers what was not acknowledged, and nothing that was', async () => {
      await begin('create table t (id int primary key)');
      for (let id = 1; id <= 6; id++) await db.simple(`insert into t values (${id})`);
      const first = [...(await reader.committed(6))];
      await reader.source.acknowledge(first[2]?.endLsn ?? 0n);
      await reader.source.close();
      await expect(reader.source.read()).rejects.toMatchObject({ name: 'ConnectionLostError' });
      await untilFree();
      reader = await attach();
      expect(await reader.drain(sql)).toEqual(first.slice(3));
    });

    it('delivers each transaction once, whatever is acknowledged meanwhile', async () => {
      await begin('create table t (id int primary key)');
      let acknowledged = 0;
      for (let round = 0; round < 12; round++) {
        await db.simple(
          `begin; insert into t select 1000 * ${round} + n from generate_series(1, ${1 + 37 * round}) n; commit`,
        );
        await db.simple(`select pg_logical_emit_message(false, 'p', '${round}')`);
        await db.simple('analyze t'); // the relation is announced again
        await reader.read();
        const { committed } = reader.transactions;
        if (round % 3 === 0 && committed.length > acknowledged + 1) {
          acknowledged = committed.length - 1;
          await reader.source.acknowledge(committed[acknowledged - 1]?.endLsn ?? 0n);
        }
      }
      const transactions = await reader.drain(sql);
      const sizes = transactions.map(({ changes: all }) => all.length).filter((size) => size > 0);
      expect(sizes).toEqual(Array.from({ length: 12 }, (_, round) => 1 + 37 * round));
      expect(reader.transactions.loose).toEqual(Array.from({ length: 12 }, (_, round) => String(round)));
    });

    it('a transaction of 100,000 rows comes whole beside small ones, in bounded batches', async () => {
      await begin('create table t (id int primary key, text text)');
      const other = await PgConnection.open(connect, database.url);
      await other.simple(`begin; insert into t select n, 'row ' || n from generate_series(1, 50000) n`);
      await db.simple(`insert into t values (-1, 'small')`);
      await other.simple(`insert into t select n, 'row ' || n from generate_series(50001, 100000) n; commit`);
      await db.simple(`insert into t values (-2, 'small')`);
      await other.close();
      let largest = 0;
      while (reader.transactions.committed.length < 3) largest = Math.max(largest, (await reader.read()).bytes);
      const [before, large, after] = reader.transactions.committed;
      expect([before?.changes.length, large?.changes.length, after?.changes.length]).toEqual([1, 100_000, 1]);
      const wrong = large?.changes.findIndex(
        (change, i) => change.kind !== 'insert' || change.row['id'] !== String(i + 1),
      );
      expect(wrong).toBe(-1);
      expect(largest).toBeLessThan(512 * 1024);
    });

    it('a value of many megabytes arrives', async () => {
      await begin('create table t (id int primary key, long text)');
      await db.simple(`insert into t values (1, repeat('ä', 3000000))`);
      await db.simple(`insert into t values (2, 'b')`);
      const rows = (await changes()).map((change) => change.kind === 'insert' && change.row['long']);
      expect(rows).toEqual(['ä'.repeat(3_000_000), 'b']);
    });

    it('a slot that does not exist is an error that says so', async () => {
      await db.simple('create publication vibestack for all tables');
      const reading = async () => (await attach()).read();
      await expect(reading()).rejects.toMatchObject({ name: 'PgError', sqlstate: '42704' });
    });

    it('a read under way fails when the source is closed', async () => {
      await begin('create table t (id int primary key)');
      const reading = (async () => {
        for (;;) await reader.read();
      })();
      const outcome = reading.catch((error: unknown) => error);
      await reader.source.close();
      expect(await outcome).toMatchObject({ name: 'ConnectionLostError' });
    });

    const untilFree = async (): Promise<void> => {
      while ((await readSlot(sql, slot()))?.activePid !== null);
    };
  });
}
