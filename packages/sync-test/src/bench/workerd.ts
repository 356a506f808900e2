import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@vibestack/dev-postgres';
import { createRequire } from 'node:module';

const ROOT = resolve(import.meta.dirname, '../../../..');
const BUNDLE = join(ROOT, 'apps/web/dist/vibestack');

export interface BareWorkerd {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs the built Worker in bare workerd, with Durable Objects on disk: nothing of the development server in between. */
export async function startWorkerd(directory: string, vars: Readonly<Record<string, string>>): Promise<BareWorkerd> {
  if (!existsSync(join(BUNDLE, 'index.js'))) throw new Error('The Worker is not built: run `pnpm build` first.');
  const port = await freePort(0);
  const storage = join(directory, 'objects');
  mkdirSync(storage, { recursive: true });
  copyFileSync(join(BUNDLE, 'index.js'), join(directory, 'index.js'));
  const config = join(directory, 'workerd.capnp');
  writeFileSync(config, capnp(port, storage, { ...vars, TICKET_SECRET: randomBytes(32).toString('hex') }));
  // The package's main module is, oddly typed, the path of its program.
  const { default: program } = createRequire(import.meta.url)('workerd') as { default: string };
  const child = spawn(program, ['serve', '--experimental', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([new Promise((exited) => child.once('exit', exited)), sleep(2000)]);
    child.kill('SIGKILL');
  };
  for (let tries = 0; tries < 200; tries++) {
    const healthy = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return { url, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('workerd does not become healthy');
}

function capnp(port: number, storage: string, vars: Readonly<Record<string, string>>): string {
  const text = Object.entries(vars).map(([name, value]) => `(name = "${name}", text = "${value}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private", "public"])),
    (name = "disk", disk = (path = "${storage}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [
    (className = "ReplicationDO", uniqueKey = "replication", enableSql = true),
    (className = "SyncDO", uniqueKey = "sync", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  globalOutbound = "internet",
  bindings = [
    (name = "REPLICATION", durableObjectNamespace = "ReplicationDO"),
    (name = "SYNC", durableObjectNamespace = "SyncDO"),
    ${text.join(',\n    ')},
  ],
);
`;
}
