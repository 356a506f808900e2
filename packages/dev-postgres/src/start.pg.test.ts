import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkServer } from './check.ts';
import { startPostgres, type DevPostgres, type StartOptions } from './start.ts';

let dataDir: string;
const running: DevPostgres[] = [];

const start = async (options: Omit<Partial<StartOptions>, 'dataDir'> = {}): Promise<DevPostgres> => {
  const server = await startPostgres({ dataDir, durable: false, port: 0, ...options });
  running.push(server);
  return server;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await client.unsafe(sql))];
  } finally {
    await client.end();
  }
};

const pidFile = () => join(dataDir, 'data/postmaster.pid');
const pid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vibestack-pg-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

describe('development’s Postgres', () => {
  it('writes logical WAL, and keeps its data over a restart', async () => {
    const first = await start();
    expect(await query(first.url, 'show wal_level')).toEqual([{ wal_level: 'logical' }]);
    await query(first.url, 'create table kept as select 1 as n');
    await first.stop();
    expect(existsSync(pidFile())).toBe(false);
    const second = await start();
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('is a Postgres 18, or the oldest there is when tests ask for it', async () => {
    const current = await start();
    expect(await query(current.url, 'show server_version_num')).toMatchObject([
      { server_version_num: expect.stringMatching(/^18/) as string },
    ]);
    await current.stop();
    rmSync(dataDir, { recursive: true });
    const oldest = await start({ release: 'oldest' });
    expect(await query(oldest.url, 'show server_version_num')).toMatchObject([
      { server_version_num: expect.stringMatching(/^1[45]/) as string },
    ]);
    expect(await checkServer(oldest.url)).toMatchObject({ freeSlots: 50 });
  });

  it('is found by a second start on the same data, which does not stop it', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ adopted: true, url: first.url });
    await second.stop();
    expect(await query(first.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('is initialised once by two starts at the same time', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
  });

  it('comes back after a crash that left its lock behind', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 1 as n');
    const crashed = pid();
    process.kill(crashed, 'SIGKILL');
    await expect.poll(() => existsSync(`/proc/${crashed}`), { timeout: 10_000 }).toBe(false);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('is not fooled by a lock whose pid is another program’s now', async () => {
    const first = await start();
    const lock = readFileSync(pidFile(), 'utf8');
    await first.stop();
    const other = spawn('sleep', ['60']);
    writeFileSync(pidFile(), lock.replace(/^\d+/, String(other.pid)), { mode: 0o644 });
    const second = await start();
    expect(second.adopted).toBe(false);
    other.kill();
    await once(other, 'exit');
  });

  it('begins anew where initialising was interrupted', async () => {
    await (await start()).stop();
    rmSync(join(dataDir, 'data/PG_VERSION'));
    expect(await query((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('takes another port when the one it was asked for is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const server = await start({ port });
    expect(server.port).not.toBe(port);
    blocker.close();
  });
});

describe('checking somebody else’s Postgres', () => {
  it('passes a server that can be followed', async () => {
    const { url } = await start();
    expect((await checkServer(url)).version).toBeGreaterThanOrEqual(140000);
  });

  it('says when WAL is not logical', async () => {
    const { url } = await start({ settings: { wal_level: 'replica' } });
    await expect(checkServer(url)).rejects.toMatchObject({ code: 'wal_level' });
  });

  it('says when the role may not replicate, the password is wrong, or the database is missing', async () => {
    const { url } = await start();
    await query(url, `create role plain login password 'plain'`);
    const as = (change: (url: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return checkServer(copy.href);
    };
    await expect(
      as((u) => {
        u.username = u.password = 'plain';
      }),
    ).rejects.toMatchObject({ code: 'no_replication_role' });
    await expect(
      as((u) => {
        u.password = 'wrong';
      }),
    ).rejects.toMatchObject({ code: 'auth_failed' });
    await expect(
      as((u) => {
        u.pathname = '/nowhere';
      }),
    ).rejects.toMatchObject({ code: 'database_missing' });
  });

  it.each([
    ['nothing answers', 'postgres://a:b@127.0.0.1:1/x', 'unreachable'],
    ['the URL is none', 'localhost:5432', 'bad_url'],
    ['the host is a pooler', 'postgres://a:b@ep-x-pooler.example/x', 'pooler'],
  ])('says when %s', async (_, url, code) => {
    await expect(checkServer(url)).rejects.toMatchObject({ code });
  });
});
