/// <reference types="node" />
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type DevPostgres } from '@vibestack/dev-postgres';

/** A Postgres of a test's own, which it may stop, kill, and put back to an older state. Its port stays. */
export class OwnServer {
  readonly #directory: string;
  readonly #settings: Readonly<Record<string, string>>;
  #running: DevPostgres;

  private constructor(directory: string, settings: Readonly<Record<string, string>>, running: DevPostgres) {
    this.#directory = directory;
    this.#settings = settings;
    this.#running = running;
  }

  /** @param settings  beside those that keep it small; writes are durable */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
    const directory = mkdtempSync(join(tmpdir(), 'vibestack-faults-'));
    const all = { shared_buffers: '8MB', ...settings };
    return new OwnServer(directory, all, await launch(directory, all, 0));
  }

  get url(): string {
    return this.#running.url;
  }

  get port(): number {
    return this.#running.port;
  }

  /** A fast shutdown. */
  async stop(): Promise<void> {
    await this.#running.stop();
  }

  /** Every process of the server is killed at once. */
  async kill(): Promise<void> {
    const [postmaster, ...children] = this.#processes();
    spawnSync('kill', ['-9', postmaster, ...children]); // some may be gone already
    while (existsSync(`/proc/${postmaster}`) || children.some(isRunning)) await sleep(5);
  }

  /** Starts it again. */
  async start(): Promise<void> {
    this.#running = await launch(this.#directory, this.#settings, this.#running.port);
  }

  /**
   * A copy of all data at one moment, as a disk's snapshot is; connections stay. To be put back, while the server is
   * stopped, by the function returned.
   */
  copy(): () => void {
    const kept = `${this.#data}.${Math.random()}`;
    const processes = this.#processes();
    spawnSync('kill', ['-STOP', ...processes]);
    execFileSync('cp', ['-a', this.#data, kept]);
    spawnSync('kill', ['-CONT', ...processes]);
    rmSync(join(kept, 'postmaster.pid'));
    return () => {
      rmSync(this.#data, { recursive: true });
      execFileSync('cp', ['-a', kept, this.#data]);
    };
  }

  async remove(): Promise<void> {
    await this.#running.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The postmaster, and its children. */
  #processes(): [string, ...string[]] {
    const [postmaster = ''] = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
    return [postmaster, ...children.split(' ').filter(Boolean)];
  }

  get #data(): string {
    return join(this.#directory, 'data');
  }
}

const launch = (dataDir: string, settings: Readonly<Record<string, string>>, port: number): Promise<DevPostgres> =>
  startPostgres({ dataDir, port, settings });

/** Neither gone nor a zombie that its parent has not asked about yet. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
