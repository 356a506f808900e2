import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { migrations } from '@repo/schema/server';
import { seed, type Size } from '@repo/schema/seed';
import { migrate } from '@vibestack/dataforge';
import { checkServer, startPostgres } from '@vibestack/dev-postgres';
import { createServer } from 'vite';
import { AUDIENCE, startIssuer, type DevIssuer } from './issuer.ts';

export interface StackOptions {
  /** Where data, keys and the Worker's state live. */
  readonly stateDir: string;
  /** Null starts a Postgres under `stateDir`. */
  readonly databaseUrl: string | null;
  /** Preferred port of the page; another one is taken when it is busy. */
  readonly port: number;
  /** Null seeds nothing. */
  readonly size: Size | null;
  readonly onStep?: (sentence: string) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Stack {
  readonly url: string;
  readonly databaseUrl: string;
  readonly issuer: DevIssuer;
  /** Stops everything, in order. */
  stop(): Promise<void>;
}

/** Repository root. */
export const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Starts the whole stack: Postgres, migrations, data, issuer, and Vite with page and Worker. What was started before
 * something failed is stopped again.
 *
 * @throws {PostgresProblem} the given server cannot be followed
 * @throws {DevPostgresError} Postgres cannot start
 * @throws {ForgeError} the database does not fit the code
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  const step = options.onStep ?? (() => undefined);
  try {
    const databaseUrl = await database(options, stops);
    step('Migrating');
    await migrate(databaseUrl, migrations);
    if (options.size) {
      const { size } = options;
      await seed(databaseUrl, { size, ...(options.onProgress ? { onProgress: options.onProgress } : {}) });
    }
    const issuer = await startIssuer({ databaseUrl, keyFile: join(options.stateDir, 'issuer.json'), port: 0 });
    stops.push(() => issuer.close());
    step('Starting the Worker and the page');
    const url = await startVite(options, databaseUrl, issuer.url, stops);
    return { url, databaseUrl, issuer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function database(
  { databaseUrl, stateDir, onStep }: StackOptions,
  stops: (() => Promise<unknown>)[],
): Promise<string> {
  if (databaseUrl !== null) {
    onStep?.('Checking the database of DATABASE_URL');
    await checkServer(databaseUrl);
    return databaseUrl;
  }
  onStep?.('Starting Postgres');
  const server = await startPostgres({ dataDir: join(stateDir, 'postgres') });
  stops.push(() => server.stop());
  return server.url;
}

async function startVite(
  { stateDir, port }: StackOptions,
  databaseUrl: string,
  issuer: string,
  stops: (() => Promise<unknown>)[],
): Promise<string> {
  // Read by apps/web/vite.config.ts, which hands them to the Worker as its variables.
  Object.assign(process.env, {
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    VIBESTACK_WORKER_STATE: join(stateDir, 'worker'),
    VIBESTACK_WORKER_VARS: JSON.stringify({
      DATABASE_URL: databaseUrl,
      DATABASE_DIRECT_URL: databaseUrl,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: `${issuer}/.well-known/jwks.json`,
      TICKET_SECRET: randomBytes(32).toString('hex'),
    }),
  });
  const web = join(ROOT, 'apps/web');
  const server = await createServer({
    root: web,
    configFile: join(web, 'vite.config.ts'),
    cacheDir: join(stateDir, 'vite'),
    logLevel: 'warn',
    server: { host: '127.0.0.1', port, strictPort: false },
  });
  stops.push(() => server.close());
  await server.listen();
  const address = server.httpServer?.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  await untilHealthy(url);
  return url;
}

/** The first request starts the Worker, its objects and the replication stream. */
async function untilHealthy(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${url}/api/health`);
    if (answer.ok) return;
    const { replication } = (await answer.json()) as { replication?: { lastError: string | null } };
    if (tries > 20 && replication?.lastError)
      throw new Error(`The change stream does not start: ${replication.lastError}`);
    await new Promise((wait) => setTimeout(wait, 100));
  }
  throw new Error('The Worker does not become healthy');
}
