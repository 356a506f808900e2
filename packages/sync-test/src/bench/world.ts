import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as model from '@repo/schema/client';
import { seed } from '@repo/schema/seed';
import { migrations } from '@repo/schema/server';
import { AUDIENCE, startIssuer } from '@repo/scripts/issuer';
import { openNodeClient, type NodeClient } from '@vibestack/client/node';
import { migrate } from '@vibestack/dataforge';
import { startPostgres } from '@vibestack/dev-postgres';
import postgres from 'postgres';
import { OBJECTS, startWorkerd } from './workerd.ts';

const BUNDLE = resolve(import.meta.dirname, '../../../../apps/web/dist/vibestack/index.js');

/** Postgres, workerd and clients of this process. */
export interface World {
  readonly sql: postgres.Sql;
  readonly databaseUrl: string;
  /** A client of the person with this name; not yet connected when it is returned. */
  client(name: string): Promise<NodeClient>;
  close(): Promise<void>;
}

/** Starts a world with 30,000 rows, of which Ann sees all: every project has her as a member. */
export async function startWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'vibestack-bench-'));
  const server = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0 });
  await migrate(server.url, migrations);
  await seed(server.url, { size: 'medium' });
  const sql = postgres(server.url, { max: 4, onnotice: () => undefined });
  await sql`
    insert into member (id, project_id, user_id, role, display_name)
    select gen_random_uuid(), p.id, u.id, 'editor', u.name from project p, person u where u.name in ('Ann Adler', 'Bob Brandt')
    on conflict (project_id, user_id) do nothing`;
  const issuer = await startIssuer({ databaseUrl: server.url, keyFile: join(directory, 'issuer.json'), port: 0 });
  const workerd = await startWorkerd({
    directory,
    bundle: BUNDLE,
    objects: OBJECTS,
    vars: {
      DATABASE_URL: server.url,
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: `${issuer.url}/.well-known/jwks.json`,
      TICKET_SECRET: randomBytes(32).toString('hex'),
    },
  });
  const clients: NodeClient[] = [];
  return {
    sql,
    databaseUrl: server.url,
    async client(name) {
      const [person] = await sql<{ id: string }[]>`select id from person where name = ${name}`;
      const userId = person?.id ?? '';
      const client = openNodeClient({
        app: 'bench',
        userId,
        url: workerd.url,
        model,
        getToken: () => issuer.token(userId),
      });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await workerd.stop();
      await issuer.close();
      await sql.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
