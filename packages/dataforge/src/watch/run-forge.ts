import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../errors.ts';

/** What a command said, with `--json`. */
export type ForgeAnswer =
  | { readonly ok: true; readonly written?: readonly string[]; readonly applied?: readonly number[] }
  | ({ readonly ok: false; readonly problems: readonly Problem[] } & Problem);

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** Runs a command in a process of its own: modules are loaded once in a process, and entities have just changed. */
export function runForge(...args: readonly string[]): Promise<ForgeAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line) as ForgeAnswer);
      else resolve(crashed(errors || out));
    });
  });
}

const crashed = (said: string): ForgeAnswer => ({
  ok: false,
  code: 'forge_crashed',
  message: said.trim() || 'forge ended without a word',
  fix: 'Run `pnpm forge check` to see the whole of it.',
  problems: [],
});
