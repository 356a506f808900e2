import type { Query, Statement } from '@vibestack/sync-types/query';
import { exactJson, parseExactJson, reuseRows, type LiveResult } from './live/index.ts';
import type { RejectedMutation } from './store/index.ts';
import { INITIAL_STATUS, type SyncStatus } from './sync/index.ts';
import type { EngineConfig } from './worker/engine.ts';
import { Rpc } from './worker/rpc.ts';

export interface ClientOptions extends Omit<EngineConfig, 'storage'> {
  readonly storage?: EngineConfig['storage'];
  /** Starts the application's database worker. */
  readonly worker: () => Worker;
  /**
   * An access token for the server.
   * @param fresh  the last one was refused
   */
  readonly getToken: (fresh: boolean) => Promise<string>;
}

/** What a live query shows at one moment. Rows that did not change are the same objects as before. */
export type LiveSnapshot<T> =
  | { readonly status: 'loading'; readonly rows: readonly T[]; readonly error: null }
  | { readonly status: 'ready'; readonly rows: readonly T[]; readonly error: null }
  | {
      readonly status: 'error';
      readonly rows: readonly T[];
      readonly error: { readonly code: string; readonly message: string };
    };

/** A live query that several listeners may share. */
export interface LiveQuery<T> {
  snapshot(): LiveSnapshot<T>;
  subscribe(listener: () => void): () => void;
}

/** The page's side of the local database. */
export interface VibeStackClient {
  /** Reads from the local database. Queries made by `sql()` know their rows and parameters. */
  query<Row, Params>(query: Query<Row, Params>, ...params: Parameters<Query<Row, Params>['bind']>): Promise<Row[]>;
  query<T>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** One local transaction: all of it or nothing; on its way to the server when the promise resolves. */
  readonly write: (...statements: readonly Statement[]) => Promise<void>;
  /** The same query and parameters give the same live query. */
  live<T>(sql: string, params?: readonly unknown[]): LiveQuery<T>;
  readonly status: () => SyncStatus;
  readonly onStatus: (listener: () => void) => () => void;
  rejections(): Promise<RejectedMutation[]>;
  dismiss(clientId: string, id: number): Promise<void>;
  /** Try to connect now. */
  wake(): void;
  close(): Promise<void>;
}

/** Milliseconds for which a live query without listeners goes on: a component that remounts finds it warm. */
const LINGER = 2_000;

/** Opens a person's local database, and keeps it in step with the server. */
export function createClient({ worker: start, getToken, storage = 'auto', ...config }: ClientOptions): VibeStackClient {
  const worker = start();
  const queries = new Map<string, Live<unknown>>();
  const byId = new Map<number, Live<unknown>>();
  const listeners = new Set<() => void>();
  let status = INITIAL_STATUS;
  let nextId = 1;

  const rpc = new Rpc(worker, { getToken }, (event, data) => {
    if (event === 'status') {
      status = data as SyncStatus;
      for (const listener of listeners) listener();
    } else if (event === 'live') {
      const { id, result } = data as { id: number; result: LiveResult };
      byId.get(id)?.receive(result);
    }
  });
  worker.addEventListener('error', (event) => {
    rpc.lose(`The database worker failed: ${event.message}`);
    status = { ...status, phase: 'stopped', lastError: { code: 'worker_lost', message: event.message } };
    for (const listener of listeners) listener();
  });
  const wake = () => {
    void rpc.call('wake');
  };
  globalThis.addEventListener('online', wake);
  void rpc.call('open', { ...config, storage } satisfies EngineConfig);

  return {
    query: <T>(query: string | Query<T, never>, params?: unknown): Promise<T[]> => {
      const { text, values } = statementOf(query, params);
      return rpc.call('query', text, values);
    },
    write: (...statements) => rpc.call('write', statements),
    live<T>(sql: string, params: readonly unknown[] = []): LiveQuery<T> {
      const key = exactJson([sql, params]);
      const known = queries.get(key);
      if (known) return known as Live<T>;
      const id = nextId++;
      const live = new Live<unknown>({
        start: () => {
          byId.set(id, live);
          void rpc.call('subscribe', id, sql, params);
        },
        stop: () => {
          byId.delete(id);
          queries.delete(key);
          void rpc.call('unsubscribe', id);
        },
      });
      queries.set(key, live);
      return live as unknown as Live<T>;
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    rejections: () => rpc.call('rejections'),
    dismiss: (clientId, id) => rpc.call('dismiss', clientId, id),
    wake,
    async close() {
      globalThis.removeEventListener('online', wake);
      await rpc.call('close');
      rpc.lose('The client was closed');
      worker.terminate();
    },
  };
}

/** A query of `sql()` with its parameters by name, or SQL with its values in order. */
export function statementOf(query: string | Query<unknown, never>, params: unknown): Statement {
  if (typeof query === 'string') return { text: query, values: (params as readonly unknown[] | undefined) ?? [] };
  return (query as Query<unknown, unknown>).bind(params);
}

/** Starts with its first listener, ends a while after its last. */
class Live<T> implements LiveQuery<T> {
  readonly #ports: { readonly start: () => void; readonly stop: () => void };
  readonly #listeners = new Set<() => void>();
  #snapshot: LiveSnapshot<T> = { status: 'loading', rows: [], error: null };
  #running = false;
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: { readonly start: () => void; readonly stop: () => void }) {
    this.#ports = ports;
  }

  snapshot(): LiveSnapshot<T> {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    clearTimeout(this.#ending);
    this.#listeners.add(listener);
    if (!this.#running) {
      this.#running = true;
      this.#ports.start();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#ending = setTimeout(() => {
        this.#running = false;
        this.#ports.stop();
      }, LINGER);
    };
  }

  receive(result: LiveResult): void {
    const { rows } = this.#snapshot;
    if (result.ok) {
      const next = reuseRows(rows, parseExactJson(result.json) as T[]);
      if (next === rows && this.#snapshot.status === 'ready') return;
      this.#snapshot = { status: 'ready', rows: next, error: null };
    } else {
      this.#snapshot = { status: 'error', rows, error: result.error };
    }
    for (const listener of this.#listeners) listener();
  }
}
