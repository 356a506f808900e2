import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lsn } from '@vibestack/sync-types';
import { OBJECTS, startWorkerd, type BareWorkerd } from '../bench/workerd.ts';
import type { Drained, LogKeys, LoggedTransaction, Status } from './worker/answers.ts';

export interface ProbeOptions {
  /** For configuration and objects. */
  readonly directory: string;
  /** What `bundleProbe` made. */
  readonly bundle: string;
  readonly databaseUrl: string;
  readonly slot: string;
  readonly source?: 'stream' | 'poll';
  readonly inspector?: boolean;
  readonly v8Flags?: readonly string[];
}

/** Problems that go away by themselves. */
const HEALING = new Set(['connection_lost', 'server_error']);

/** A running workerd with the probe Worker. */
export class Probe {
  readonly workerd: BareWorkerd;

  private constructor(workerd: BareWorkerd) {
    this.workerd = workerd;
  }

  static async start({ databaseUrl, slot, source = 'stream', ...options }: ProbeOptions): Promise<Probe> {
    const vars = {
      DATABASE_URL: databaseUrl,
      REPLICATION_SLOT: slot,
      REPLICATION_SOURCE: source,
      POLL_MIN_MS: '20',
      POLL_MAX_MS: '100',
    };
    return new Probe(await startWorkerd({ ...options, objects: OBJECTS, vars }));
  }

  status(): Promise<Status> {
    return this.#get<Status>('/status');
  }

  /** Starts following, and subscribes to everything. */
  ready(): Promise<Status> {
    return this.#get<Status>('/ready');
  }

  /** Stops following and drops the slot. */
  async release(): Promise<void> {
    await this.#get('/release');
  }

  /** @param pause  milliseconds between two reads of the socket */
  drain(mode: 'raw' | 'decode', slot: string, count: number, pause = 0): Promise<Drained> {
    return this.#get<Drained>(`/drain?mode=${mode}&slot=${slot}&count=${count}&pause=${pause}`);
  }

  /**
   * Asks again and again until the status is as wanted. @param every  milliseconds between two questions
   * @throws {Error} replication reports a problem that does not heal by itself
   */
  async until(isReached: (status: Status) => boolean, every = 20): Promise<Status> {
    for (;;) {
      const status = await this.status();
      if (isReached(status)) return status;
      const { problem } = status;
      if (problem !== null && !HEALING.has(problem.code)) throw new Error(`${problem.code}: ${problem.message}`);
      await sleep(every);
    }
  }

  /** A socket to the SyncDO: `notified` comes when it was, and what is sent comes back. */
  async socket(): Promise<WebSocket> {
    const socket = new WebSocket(`${this.workerd.url.replace('http', 'ws')}/socket`);
    await once(socket, 'open');
    return socket;
  }

  /** The log after a position; all of it unless one is given. Parts of a transaction come joined. */
  async *log(after?: Lsn): AsyncGenerator<LoggedTransaction> {
    const { epoch, floor } = await this.status();
    let open = null as LoggedTransaction | null;
    let from: string = after ?? floor.lsn;
    let within: number | null = null;
    for (;;) {
      const inside: string = within === null ? '' : `&within=${within}`;
      const page: LogKeys | null = await this.#get<LogKeys | null>(`/read?epoch=${epoch}&from=${from}${inside}`);
      if (page === null) throw new Error('The log does not reach back to its floor');
      for (const next of page.transactions) {
        if (open?.lsn === next.lsn && open.isNet === next.isNet) open = { ...open, ids: [...open.ids, ...next.ids] };
        else {
          if (open !== null) yield open;
          open = next;
        }
      }
      ({ to: from, within } = page);
      if (!page.more) break;
    }
    if (open !== null) yield open;
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.workerd.url}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<T>;
  }
}
