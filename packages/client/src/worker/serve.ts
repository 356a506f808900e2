import type { Statement } from '@vibestack/sync-types/query';
import { Engine, type ClientSchema, type EngineConfig } from './engine.ts';
import { Rpc } from './rpc.ts';

/**
 * Runs the local database in this Web Worker. Call it from the worker's entry file:
 *
 * @example
 * import { serveDatabase } from '@vibestack/client/worker';
 * import { extensions, migrations, schema } from '@repo/schema/client';
 * serveDatabase({ schema, migrations, extensions });
 */
export function serveDatabase(model: ClientSchema): void {
  let engine: Engine | null = null;
  const need = (): Engine => {
    if (engine) return engine;
    throw new Error('The database was not opened');
  };
  const rpc = new Rpc(self, {
    open: (config: EngineConfig) => {
      engine ??= new Engine(model, config, {
        getToken: (fresh) => rpc.call<string>('getToken', fresh),
        onStatus: (status) => {
          rpc.emit('status', status);
        },
        onLive: (id, result) => {
          rpc.emit('live', { id, result });
        },
      });
    },
    query: (sql: string, params: readonly unknown[]) => need().query(sql, params),
    write: (statements: readonly Statement[]) => need().write(statements),
    subscribe: (id: number, sql: string, params: readonly unknown[]) => need().subscribe(id, sql, params),
    unsubscribe: (id: number) => need().unsubscribe(id),
    rejections: () => need().rejections(),
    dismiss: (clientId: string, id: number) => need().dismiss(clientId, id),
    wake: () => need().wake(),
    close: () => need().close(),
  });
}
