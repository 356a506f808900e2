import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface BareWorkerd {
  readonly url: string;
  readonly pid: number;
  /** `127.0.0.1:port` of the inspector, when it was asked for. */
  readonly inspector: string | null;
  /** What the Worker has said so far. */
  said(): string;
  /** In order, as far as it goes quickly. */
  stop(): Promise<void>;
  /** At once, by SIGKILL: what was not on disk is lost. */
  kill(): Promise<void>;
}

export interface WorkerdOptions {
  /** For configuration, output and objects; started again on the same one, the objects are there. */
  readonly directory: string;
  /** The Worker: one module. */
  readonly bundle: string;
  /** Classes of Durable Objects by their binding. */
  readonly objects: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly inspector?: boolean;
  /** Such as `--trace-gc`, whose lines are in what it says. */
  readonly v8Flags?: readonly string[];
}

/** The classes of the framework's Worker. */
export const OBJECTS = { REPLICATION: 'ReplicationDO', SYNC: 'SyncDO' } as const;

/** Runs a Worker in bare workerd, with Durable Objects on disk: nothing of the development server in between. */
export async function startWorkerd(options: WorkerdOptions): Promise<BareWorkerd> {
  const { directory, bundle, inspector = false } = options;
  if (!existsSync(bundle)) throw new Error('The Worker is not built: run `pnpm build` first.');
  const storage = join(directory, 'objects');
  mkdirSync(storage, { recursive: true });
  const module = join(directory, basename(bundle));
  if (module !== bundle) copyFileSync(bundle, module);
  const config = join(directory, 'workerd.capnp');
  writeFileSync(config, capnp(basename(bundle), storage, options));
  // The package's main module is, oddly typed, the path of its program.
  const { default: program } = createRequire(import.meta.url)('workerd') as { default: string };
  const output = join(directory, 'workerd.log');
  const log = openSync(output, 'a');
  const flags = ['--experimental', '--control-fd=3', ...(inspector ? ['-i127.0.0.1:0'] : [])];
  const child = spawn(program, ['serve', ...flags, config], { stdio: ['ignore', log, log, 'pipe'] });
  const killWithUs = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', killWithUs);
  child.once('exit', () => {
    process.removeListener('exit', killWithUs);
  });
  const said = () => readFileSync(output, 'utf8');
  const ports = await listening(child, inspector);
  if (ports === null) throw new Error(`workerd ended before it listened:\n${said().slice(-2000)}`);
  return {
    url: `http://127.0.0.1:${ports.http}`,
    pid: child.pid ?? 0,
    inspector: ports.inspector === null ? null : `127.0.0.1:${ports.inspector}`,
    said,
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended(child), sleep(2000)]);
      child.kill('SIGKILL');
      await ended(child);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

/** @returns where it listens, as it says on its control channel; null when it ended instead */
async function listening(
  child: ChildProcess,
  withInspector: boolean,
): Promise<{ http: number; inspector: number | null } | null> {
  const control = child.stdio[3];
  if (!control || !('readable' in control)) throw new Error('workerd has no control channel');
  let http: number | null = null;
  let inspector: number | null = null;
  for await (const line of createInterface({ input: control })) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event === 'listen') http = port;
    if (event === 'listen-inspector') inspector = port;
    if (http !== null && (inspector !== null || !withInspector)) return { http, inspector };
  }
  return null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function capnp(module: string, storage: string, { objects, vars, v8Flags = [] }: WorkerdOptions): string {
  const text = Object.entries(vars).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`);
  const namespaces = Object.entries(objects).map(
    ([binding, name]) => `(className = "${name}", uniqueKey = "${binding.toLowerCase()}", enableSql = true)`,
  );
  const bindings = Object.entries(objects).map(
    ([binding, name]) => `(name = "${binding}", durableObjectNamespace = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private", "public"])),
    (name = "disk", disk = (path = "${storage}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(', ')}],
);
const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "${module}")],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [
    ${namespaces.join(',\n    ')},
  ],
  durableObjectStorage = (localDisk = "disk"),
  globalOutbound = "internet",
  bindings = [
    ${[...bindings, ...text].join(',\n    ')},
  ],
);
`;
}
