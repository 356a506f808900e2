import type { DurableObject } from 'cloudflare:workers';
import type { Hono } from 'hono';
import type { SqlPort } from '@vibestack/replication';
import type { SyncSchema } from '@vibestack/sync-types';
import type { AppTypes } from './app/auth.ts';
import { createApp } from './app/app.ts';
import type { ServerEnv } from './database/config.ts';
import { ReplicationDOBase, replicationStub } from './replication-do/index.ts';
import { SyncDOBase } from './sync-do/sync-do.ts';
import type { RowSchemas } from './writer/writer.ts';

/** What DataForge generates for the server side of an application. */
export interface ServerSchema {
  readonly schema: SyncSchema;
  readonly rowSchemas: RowSchemas;
}

export interface ServerOptions {
  /**
   * With `REPLICATION_SOURCE=poll`: the way to the database, when it is not a connection of our own. A new port for each
   * call, for example `neonHttpSql(neon(env.DATABASE_URL))` of `@vibestack/replication`.
   */
  readonly poll?: (env: ServerEnv) => SqlPort;
}

/** A Durable Object class to extend and export. */
type DurableObjectClass = new (ctx: DurableObjectState, env: ServerEnv) => DurableObject<ServerEnv>;

export interface Server {
  readonly app: Hono<AppTypes>;
  readonly worker: Required<Pick<ExportedHandler<ServerEnv>, 'fetch' | 'scheduled'>>;
  readonly ReplicationDO: DurableObjectClass;
  readonly SyncDO: DurableObjectClass;
}

/**
 * The server of an application: a Hono app to add routes to, and the two Durable Object classes to export.
 *
 * @example
 * import { rowSchemas, schema } from '@repo/schema/server';
 * const server = createServer({ schema, rowSchemas });
 * export class ReplicationDO extends server.ReplicationDO {}
 * export class SyncDO extends server.SyncDO {}
 * export default server.worker;
 */
export function createServer({ schema, rowSchemas }: ServerSchema, { poll }: ServerOptions = {}): Server {
  class ReplicationDO extends ReplicationDOBase {
    protected override readonly schema = schema;
    protected override readonly poll = poll;
  }
  class SyncDO extends SyncDOBase {
    protected override readonly schema = schema;
    protected override readonly rowSchemas = rowSchemas;
  }
  const app = createApp(schema);
  const worker: Server['worker'] = {
    fetch: (request, env, ctx) => app.fetch(request, env, ctx),
    /** Once a minute: an object that was evicted and lost its alarm is started again. */
    async scheduled(_controller, env) {
      await replicationStub(env).ensure();
    },
  };
  return { app, worker, ReplicationDO, SyncDO };
}

export type { ServerEnv };
