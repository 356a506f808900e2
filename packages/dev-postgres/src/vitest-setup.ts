import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Release } from './binaries.ts';
import { startPostgres, type DevPostgres } from './start.ts';

/** Several projects of one run share the server; it lives until the last of them is done. */
interface Shared {
  readonly directory: string;
  readonly server: Promise<DevPostgres>;
  users: number;
}

const store = globalThis as { vibestackTestPostgres?: Map<Release, Shared> };

export const setup = serverOf('current');

/** A set-up that gives its projects a server of one release. */
export function serverOf(release: Release): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    const servers = (store.vibestackTestPostgres ??= new Map());
    const shared = servers.get(release) ?? begin(release);
    servers.set(release, shared);
    shared.users++;
    project.provide('postgresUrl', (await shared.server).url);
    project.provide('postgresRelease', release);
    return async () => {
      if (--shared.users > 0) return;
      servers.delete(release);
      await (await shared.server).stop();
      rmSync(shared.directory, { recursive: true, force: true });
    };
  };
}

function begin(release: Release): Shared {
  const directory = mkdtempSync(join(tmpdir(), 'vibestack-test-'));
  return { directory, server: startPostgres({ dataDir: directory, port: 0, durable: false, release }), users: 0 };
}
