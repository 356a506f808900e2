import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '@repo/scripts/stack';

const LEFT_OUT = new Set(['.git', '.vibestack', '.wrangler', 'dist', 'node_modules']);

/**
 * This repository once more, so that a test may edit its sources: files are copied, packages of others linked. It lies
 * below `.vibestack`, on the same disk, and nothing looks there.
 */
export class WorkspaceCopy {
  readonly dir: string;
  readonly #children: ChildProcess[] = [];

  private constructor(dir: string) {
    this.dir = dir;
  }

  static make(name: string): WorkspaceCopy {
    const dir = join(ROOT, '.vibestack', name);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    for (const entry of readdirSync(ROOT)) if (!LEFT_OUT.has(entry)) copy(join(ROOT, entry), join(dir, entry));
    execFileSync('cp', ['-al', join(ROOT, 'node_modules'), join(dir, 'node_modules')]);
    return new WorkspaceCopy(dir);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  exists(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  /** Runs a command to its end. @returns what it printed @throws {Error} it failed, with what it said */
  run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.dir,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stdout}${stderr}`);
    return stdout;
  }

  /** Starts the development stack. @returns the page's address, once it is there */
  start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const child = spawn(process.execPath, ['scripts/dev.mjs', ...args], {
      cwd: this.dir,
      env: { ...process.env, ...env },
    });
    this.#children.push(child);
    return new Promise((resolve, reject) => {
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        const url = /Page\s+(http:\S+)/.exec(said)?.[1];
        if (url !== undefined) resolve(url);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => {
        reject(new Error(`The stack ended with ${String(code)}: ${said}`));
      });
    });
  }

  /** Ends what was started here, and removes the copy. */
  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
    }
    // A generation that a last save started may still be writing.
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

/** `node_modules` of a package holds links into the workspace only; they are kept as they are. */
function copy(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/[\\/](dist|\.wrangler|\.vibestack)$/.test(path),
  });
}
