import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres, type DevPostgres } from './start.ts';

/** Several projects of one run share the server; it lives until the last of them is done. */
interface Shared {
  readonly directory: string;
  readonly server: Promise<DevPostgres>;
  users: number;
}

const store = globalThis as { vibestackTestPostgres?: Shared };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  store.vibestackTestPostgres ??= begin();
  const shared = store.vibestackTestPostgres;
  shared.users++;
  project.provide('postgresUrl', (await shared.server).url);
  return async () => {
    if (--shared.users > 0) return;
    delete store.vibestackTestPostgres;
    await (await shared.server).stop();
    rmSync(shared.directory, { recursive: true, force: true });
  };
}

function begin(): Shared {
  const directory = mkdtempSync(join(tmpdir(), 'vibestack-test-'));
  return { directory, server: startPostgres({ dataDir: directory, port: 0, durable: false }), users: 0 };
}
