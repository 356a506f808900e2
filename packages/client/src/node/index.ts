import type { SyncStatus } from '../sync/index.ts';
import type { Statement } from '@vibestack/sync-types/query';
import { Engine, type ClientSchema, type EngineConfig } from '../worker/engine.ts';
import { INITIAL_STATUS } from '../sync/index.ts';
import { parseExactJson, type LiveResult } from '../live/index.ts';

export interface NodeClientOptions extends Omit<EngineConfig, 'storage'> {
  readonly model: ClientSchema;
  readonly getToken: (fresh: boolean) => Promise<string>;
}

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its SQL returns */

/** The local database in this process, in memory: for servers, tests, benchmarks and command-line tools. */
export interface NodeClient {
  query<T>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  write(...statements: readonly Statement[]): Promise<void>;
  /** Calls back with each new result of a query. @returns how to stop */
  live<T>(sql: string, params: readonly unknown[], callback: (rows: T[]) => void): () => void;
  status(): SyncStatus;
  /** Resolves when the status fits. */
  until(holds: (status: SyncStatus) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens a client under Node: the same engine as in the browser, without a worker around it. */
export function openNodeClient({ model, getToken, ...config }: NodeClientOptions): NodeClient {
  let status = INITIAL_STATUS;
  let nextId = 1;
  let closing: Promise<void> | null = null;
  const watchers = new Set<() => void>();
  const callbacks = new Map<number, (rows: unknown[]) => void>();
  const engine = new Engine(
    model,
    { ...config, storage: 'memory' },
    {
      getToken,
      onStatus(next) {
        status = next;
        for (const watcher of watchers) watcher();
      },
      onLive(id: number, result: LiveResult) {
        if (result.ok) callbacks.get(id)?.(parseExactJson(result.json) as unknown[]);
      },
    },
  );
  return {
    query: async <T>(sql: string, params: readonly unknown[] = []) => (await engine.query(sql, params)) as T[],
    write: (...statements) => engine.write(statements),
    live<T>(sql: string, params: readonly unknown[], callback: (rows: T[]) => void) {
      const id = nextId++;
      callbacks.set(id, callback as (rows: unknown[]) => void);
      void engine.subscribe(id, sql, params);
      return () => {
        callbacks.delete(id);
        void engine.unsubscribe(id);
      };
    },
    status: () => status,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(status)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: () => (closing ??= engine.close()),
  };
}
