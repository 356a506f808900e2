import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@vibestack/dev-postgres';
import postgres from 'postgres';
import { Probe, bundleProbe, setUpDatabase, type ProbeOptions } from '../probe/index.ts';

/** Postgres with the probe's table, and the means to run the probe beside it. */
export interface ProbeWorld {
  readonly sql: postgres.Sql;
  readonly databaseUrl: string;
  /** Starts the probe on the objects of this name: new ones, or those of a probe that was stopped. */
  start(name: string, options?: Pick<ProbeOptions, 'inspector' | 'v8Flags'>): Promise<Probe>;
  close(): Promise<void>;
}

export async function startProbeWorld(): Promise<ProbeWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'vibestack-bench-'));
  const bundle = await bundleProbe(join(directory, 'probe'));
  const server = await startPostgres({
    dataDir: join(directory, 'postgres'),
    port: 0,
    settings: { max_wal_size: '8GB' }, // no checkpoint in the middle of a measurement
  });
  const sql = postgres(server.url, { max: 4, onnotice: () => undefined });
  await setUpDatabase(sql);
  return {
    sql,
    databaseUrl: server.url,
    async start(name, options = {}) {
      const objects = join(directory, name);
      mkdirSync(objects, { recursive: true });
      return Probe.start({ directory: objects, bundle, databaseUrl: server.url, slot: name, ...options });
    },
    async close() {
      await sql.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
