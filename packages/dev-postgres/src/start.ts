import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { serverAccount, spawnAs } from './account.ts';
import { findBinaries, type Binaries, type Release } from './binaries.ts';
import { initialise, placeData } from './data-directory.ts';
import { DevPostgresError } from './errors.ts';
import { withLock } from './lock.ts';
import { freePort } from './ports.ts';
import { isAlive, runningPostmaster } from './postmaster.ts';

export interface StartOptions {
  /** Where the data lives; made if missing. */
  readonly dataDir: string;
  /** Preferred port; another one is taken when it is busy. */
  readonly port?: number;
  /** Created if missing. */
  readonly database?: string;
  /** False switches fsync off: for tests, whose data nobody misses. */
  readonly durable?: boolean;
  /** Of data that exists already, the release that made it. The current one unless given. */
  readonly release?: Release;
  /** Further server settings. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}

export interface DevPostgres {
  readonly url: string;
  readonly port: number;
  /** A server that runs already on this data serves us; stopping is its starter's business. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

const DEFAULT_PORT = 54329;
/** Milliseconds for a server to come up, crash recovery included. */
const START_TIMEOUT = 60_000;

/**
 * Starts a Postgres for development, or finds the one that runs already on the same data.
 *
 * @throws {DevPostgresError}
 */
export async function startPostgres(options: StartOptions): Promise<DevPostgres> {
  const account = serverAccount();
  const binaries = findBinaries(account, options.release ?? 'current');
  const data = placeData(account, resolve(options.dataDir));
  const server = await withLock(`${resolve(options.dataDir)}/start.lock`, async () => {
    const running = runningPostmaster(data);
    if (running) return { port: running.port, child: null };
    initialise(account, binaries, data);
    return launch(binaries, data, options);
  });
  const urlOf = (database: string) => `postgres://postgres:postgres@127.0.0.1:${server.port}/${database}`;
  const database = options.database ?? 'vibestack';
  try {
    await createDatabase(urlOf('postgres'), database);
  } catch (error) {
    if (server.child) await stopChild(server.child);
    throw error;
  }
  const { child } = server;
  return {
    url: urlOf(database),
    port: server.port,
    adopted: child === null,
    stop: () => (child === null ? Promise.resolve() : stopChild(child)),
  };
}

async function launch(
  { postgres: program }: Binaries,
  data: string,
  options: StartOptions,
): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort(options.port ?? DEFAULT_PORT);
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    max_replication_slots: '50',
    max_wal_senders: '50',
    max_connections: '200',
    timezone: 'UTC',
    ...(options.durable === false ? { fsync: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  // Its own process group: Ctrl-C in the terminal reaches us, and we stop the server in order.
  const child = spawn(program, args, {
    ...spawnAs(serverAccount()),
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((text) => text !== '')) {
      said.push(line);
      if (said.length > 50) said.shift();
      options.onLog?.(line);
    }
  });
  child.unref();
  // Whoever ends this process in a hurry still stops the server.
  const stopWithUs = () => {
    child.kill('SIGINT');
  };
  process.once('exit', stopWithUs);
  child.once('exit', () => {
    process.removeListener('exit', stopWithUs);
  });
  await untilReady(child, said);
  return { port, child };
}

async function untilReady(child: ChildProcess, said: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (said.some((line) => line.includes('ready to accept connections'))) return;
    await sleep(20);
  }
  if (child.exitCode === null) child.kill('SIGQUIT');
  throw new DevPostgresError(
    'start_failed',
    `Postgres did not start:\n${said.slice(-8).join('\n')}`,
    'Read what it said above; removing .vibestack/postgres begins anew.',
  );
}

async function createDatabase(url: string, name: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const [known] = await sql`select 1 from pg_database where datname = ${name}`;
    if (!known) await sql`create database ${sql(name)}`;
  } catch (error) {
    // Created by someone else meanwhile: seen before the insert into the catalogue, or by its unique index.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await sql.end();
  }
}

/** Fast shutdown: open transactions are rolled back, everything is written, nothing needs recovery. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || !isAlive(child.pid ?? 0)) return;
  child.ref();
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}
