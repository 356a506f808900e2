import { neon, neonConfig, Pool } from '@neondatabase/serverless';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { ConnectionLostError } from '../errors.ts';
import { connect } from '../node/index.ts';
import { neonClientSql, neonHttpSql } from './neon-sql.ts';
import { pgSql } from './pg-sql.ts';
import type { SqlPort } from './sql-port.ts';
import { startNeonProxy, type NeonProxy } from './testing/neon-proxy.ts';

let proxy: NeonProxy;
let database: TestDatabase;

beforeAll(async () => {
  proxy = await startNeonProxy();
  neonConfig.fetchEndpoint = proxy.fetchEndpoint;
  neonConfig.wsProxy = (host, port) => proxy.wsProxy(host, port);
  neonConfig.webSocketConstructor = WebSocket;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
  neonConfig.pipelineTLS = false;
  database = await createTestDatabase(inject('postgresUrl'));
});

afterAll(async () => {
  await database.drop();
  await proxy.close();
});

/** The last begins with a byte order mark, which is a character like others. */
const VALUES = ['Ü 🚀', '7', null, '', '\ufeffx'];

const PORTS: Record<string, (url: string) => SqlPort> = {
  'a connection of our own': (url) => pgSql(connect, url),
  'Neon over HTTP': (url) => neonHttpSql(neon(url)),
  'Neon over a WebSocket': (url) => neonClientSql(new Pool({ connectionString: url, max: 1 })),
};

describe.each(Object.entries(PORTS))('SQL over %s', (_, open) => {
  let sql: SqlPort;

  beforeEach(() => {
    sql = open(database.url);
  });

  afterEach(async () => {
    await sql.close();
  });

  it('carries text and null both ways', async () => {
    const rows = await sql.query('select $1::text, $2::int, $3::text, $4::text, $5::text', VALUES);
    expect(rows).toEqual([VALUES]);
  });

  it('gives every type as Postgres prints it', async () => {
    const values = `9223372036854775807::bigint, 1.50::numeric, true, '2026-01-02 03:04:05.678901+00'::timestamptz,
      '{"n": 12345678901234567890.5}'::json, '{a,"b c",NULL}'::text[], '\\x00ff'::bytea, 'infinity'::date, 0.1::float8`;
    expect(await sql.query(`select ${values}`)).toEqual([
      [
        '9223372036854775807',
        '1.50',
        't',
        '2026-01-02 03:04:05.678901+00',
        '{"n": 12345678901234567890.5}',
        '{a,"b c",NULL}',
        '\\x00ff',
        'infinity',
        '0.1',
      ],
    ]);
  });

  it('answers a statement that returns nothing by no rows', async () => {
    expect(await sql.query('set local role none')).toEqual([]);
    expect(await collect(sql.rows('select 1 where false'))).toEqual([]);
  });

  it('reports errors with their fields, and goes on', async () => {
    await sql.query('create table if not exists t (id int primary key, n int constraint positive check (n > 0))');
    await expect(sql.query('insert into t values ($1, $2)', ['1', '-1'])).rejects.toMatchObject({
      name: 'PgError',
      severity: 'ERROR',
      sqlstate: '23514',
      table: 't',
      constraint: 'positive',
      detail: 'Failing row contains (1, -1).',
    });
    await expect(sql.query('select nothing')).rejects.toMatchObject({ sqlstate: '42703', position: '8' });
    expect(await sql.query('select 1')).toEqual([['1']]);
  });

  it('yields rows in order, and an error after those before it', async () => {
    const seen: (string | null)[] = [];
    for await (const piece of sql.rows('select n from generate_series(1, 20000) n where n % $1 = 0', ['2'])) {
      seen.push(...piece.map(([n]) => n ?? null));
    }
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, i) => String(2 * i + 2)));
    await expect(collect(sql.rows('select 1 / (3 - n) from generate_series(1, 5) n'))).rejects.toMatchObject({
      sqlstate: '22012',
    });
    expect(await sql.query('select 1')).toEqual([['1']]);
  });

  it('runs another statement after rows that were not read to their end', async () => {
    for await (const piece of sql.rows('select n from generate_series(1, 200000) n')) {
      expect(piece[0]).toEqual(['1']);
      break;
    }
    expect(await sql.query('select 1')).toEqual([['1']]);
  });

  it('goes on after the server ended its sessions', async () => {
    await sql.query('select 1');
    await endSessions();
    // Whoever was ended may need one statement to notice.
    await sql.query('select 1').catch((error: unknown) => {
      expect(error).toMatchObject({ name: expect.stringMatching(/^(PgError|ConnectionLostError)$/) as string });
    });
    expect(await sql.query('select 2')).toEqual([['2']]);
  });

  it('a statement whose session the server ends fails, and the next one is answered', async () => {
    const sleeping = sql.query('select pg_sleep(60)').catch((error: unknown) => error);
    await untilAsleep();
    await endSessions();
    expect(await sleeping).toMatchObject({ name: 'PgError', sqlstate: '57P01' });
    expect(await sql.query('select 2')).toEqual([['2']]);
  });

  it('says that nothing answers', async () => {
    const nowhere = open('postgres://postgres:x@127.0.0.1:1/x');
    await expect(nowhere.query('select 1')).rejects.toThrow(ConnectionLostError);
    await expect(collect(nowhere.rows('select 1'))).rejects.toThrow(ConnectionLostError);
    await nowhere.close();
  });

  it('is closed twice without harm', async () => {
    await sql.query('select 1');
    await sql.close();
    await sql.close();
  });
});

it('rows of a connection of our own come in bounded pieces, and the reader’s pace holds the server back', async () => {
  const sql = pgSql(connect, database.url);
  let count = 0;
  let most = 0;
  for await (const piece of sql.rows(`select n, repeat('x', 1000) from generate_series(1, 200000) n`)) {
    if (count === 0) expect(await isWaitingForUs()).toBe(true);
    count += piece.length;
    most = Math.max(most, piece.length);
  }
  expect(count).toBe(200_000);
  expect(most).toBeLessThan(70);
  await sql.close();
});

it('a connection of our own runs one statement at a time, the first two included, and none once it is closed', async () => {
  const sql = pgSql(connect, database.url);
  const [first, second] = await Promise.allSettled([sql.query('select pg_sleep(0.1)'), sql.query('select 2')]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ reason: { message: 'A connection runs one statement at a time' } });
  await sql.close();
  await expect(sql.query('select 1')).rejects.toThrow(ConnectionLostError);
});

/** Asks until the server says that it waits for the client to take more. */
async function isWaitingForUs(): Promise<boolean> {
  for (;;) {
    const [row] = await database.sql`select wait_event from pg_stat_activity
      where datname = ${database.name} and query like '%repeat(%' and pid <> pg_backend_pid()`;
    if (row?.['wait_event'] === 'ClientWrite') return true;
  }
}

async function untilAsleep(): Promise<void> {
  for (;;) {
    const [row] = await database.sql`select 1 from pg_stat_activity
      where datname = ${database.name} and wait_event = 'PgSleep'`;
    if (row) return;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const endSessions = () => database.sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = ${database.name} and application_name <> 'postgres.js'`;
