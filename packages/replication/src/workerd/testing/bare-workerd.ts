import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const SOURCE = resolve(import.meta.dirname, '../..');

export interface BareWorkerd {
  readonly url: string;
  stop(): Promise<void>;
}

export interface WorkerdOptions {
  /** For the configuration; the caller's to remove. */
  readonly directory: string;
  /** The Worker, a module of this package. */
  readonly entry: string;
  /** PEM: trusted beside nothing else. */
  readonly trusted?: string;
}

/** Runs a Worker made of this package's modules in workerd itself, as it is on Cloudflare: no bundler, no Node. */
export async function startWorkerd({ directory, entry, trusted }: WorkerdOptions): Promise<BareWorkerd> {
  const modules = modulesFrom(entry).map((path, i) => {
    writeFileSync(join(directory, `${i}.js`), stripTypeScriptTypes(readFileSync(path, 'utf8')));
    return `(name = "${relative(SOURCE, path).replaceAll('\\', posix.sep)}", esModule = embed "${i}.js")`;
  });
  const tls = trusted === undefined ? '' : `, tlsOptions = (trustedCertificates = [${JSON.stringify(trusted)}])`;
  const config = join(directory, 'workerd.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.join(', ')}],
      compatibilityDate = "2026-10-01",
      globalOutbound = "internet",
    )),
    (name = "internet", network = (allow = ["private", "public"]${tls})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  // The package's main module is the path of its program.
  const { default: program } = createRequire(import.meta.url)('workerd') as { default: string };
  const child = spawn(program, ['serve', '--control-fd=3', config], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr?.on('data', (chunk: Uint8Array) => (said += new TextDecoder().decode(chunk)));
  const control = child.stdio[3];
  if (!control || !('readable' in control)) throw new Error('workerd has no control channel');
  for await (const line of createInterface({ input: control })) {
    const said = JSON.parse(line) as { event: string; socket?: string; port?: number };
    if (said.event !== 'listen') continue;
    return {
      url: `http://127.0.0.1:${said.port}`,
      async stop() {
        child.kill('SIGKILL'); // it has nothing to put in order
        await exited;
      },
    };
  }
  throw new Error(`workerd ended before it listened:\n${said}`);
}

/** A module and all that it imports from this package, itself first. */
function modulesFrom(entry: string): string[] {
  const found = new Set([entry]);
  for (const path of found) {
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(/ from '(\.[^']+)';/g)) {
      found.add(resolve(dirname(path), specifier));
    }
  }
  return [...found];
}
