import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { createApplication, run } from './application.ts';
import { FaultyNetwork } from './faulty-network.ts';
import { Following, type FollowingOptions, type SourceKind } from './following.ts';
import { OwnServer } from './own-server.ts';

export const KINDS: readonly SourceKind[] = ['stream', 'poll'];

/** What each test of a suite has: a database of its own with the application's tables, and who follows it. */
export interface Fixture {
  readonly name: string;
  readonly url: string;
  /** Runs statements, one after the other. */
  run(...statements: readonly string[]): Promise<void>;
  ask(question: string): Promise<string | null>;
  /** Begins to follow it, and waits until that is so or there is a problem; ended after the test. */
  follow(kind: SourceKind, options?: Partial<FollowingOptions>): Promise<Following>;
  /** A network before the database; gone after the test. */
  network(): Promise<FaultyNetwork>;
}

/** @param serverUrl  the server that all tests share, unless given */
export function withDatabase(serverUrl = () => inject('postgresUrl')): Fixture {
  let database: TestDatabase;
  let ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    database = await createTestDatabase(serverUrl());
    await createApplication(database.url);
  });

  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
    await database.drop();
  });

  return {
    get name() {
      return database.name;
    },
    get url() {
      return database.url;
    },
    run: (...statements) => run(database.url, ...statements),
    async ask(question) {
      const [row] = await database.sql.unsafe(question).values();
      return row?.[0] === null || row === undefined ? null : String(row[0]);
    },
    async follow(kind, options = {}) {
      const following = new Following({ kind, url: () => database.url, slot: database.name, ...options });
      ends.push(() => following.close());
      return following.ready();
    },
    async network() {
      const network = await FaultyNetwork.to(Number(new URL(database.url).port));
      ends.push(() => network.close());
      return network;
    },
  };
}

/** A server of the suite's own. */
export function withServer(settings: Readonly<Record<string, string>> = {}): () => OwnServer {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start(settings);
  });
  afterAll(async () => {
    await server.remove();
  });
  return () => server;
}

/** One task, by its id. */
export const task = (id: number, title = 'x'): string => `insert into task values (${id}, 'p', '${title}')`;

/** Several tasks in one transaction. */
export const tasks = (from: number, to: number, length = 10): string =>
  `insert into task select n, 'p', repeat('x', ${length}) from generate_series(${from}, ${to}) n`;

export const idsTo = (last: number, from = 1): string[] =>
  Array.from({ length: last - from + 1 }, (_, i) => String(from + i));
