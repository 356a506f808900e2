import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import type { Release } from './binaries.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of the run's one Postgres; make databases with `createTestDatabase`. */
    postgresUrl: string;
    /** Its release, for tests that start a server of their own. */
    postgresRelease: Release;
  }
}

/** A database of a test's own. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  readonly sql: postgres.Sql;
  /** Ends its connections, drops its slots and itself. */
  drop(): Promise<void>;
}

/** @param serverUrl  any database of the server, by a role that may create databases */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = (max = 1) => postgres(serverUrl, { max, onnotice: () => undefined });
  const creator = admin();
  await creator`create database ${creator(name)}`;
  await creator.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const sql = postgres(url.href, { max: 5, onnotice: () => undefined });
  return {
    name,
    url: url.href,
    sql,
    async drop() {
      await sql.end({ timeout: 1 });
      const server = admin();
      await server`select pg_terminate_backend(active_pid, 5000) from pg_replication_slots
                   where database = ${name} and active_pid is not null`;
      await server`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ${name}`;
      await server`drop database ${server(name)} with (force)`;
      await server.end();
    },
  };
}
