import type { PGliteOptions } from '@electric-sql/pglite';
import type { SyncSchema } from '@vibestack/sync-types';
import type { Statement } from '@vibestack/sync-types/query';
import { LiveQueries, type LiveResult } from '../live/index.ts';
import { OutboxMirror } from '../mirror/mirror.ts';
import { openStore, type ClientMigration, type Database, type Store, type Written } from '../store/index.ts';
import { INITIAL_STATUS, SyncLoop, type SyncStatus } from '../sync/index.ts';
import { openDatabase } from './open-database.ts';
import { learnOwnTypes } from './value-types.ts';

/** What DataForge generates for the client side of an application. */
export interface ClientSchema {
  readonly schema: SyncSchema;
  readonly migrations: readonly ClientMigration[];
  /** Extensions of Postgres that the tables need. */
  readonly extensions?: NonNullable<PGliteOptions['extensions']>;
}

export interface EngineConfig {
  /** Names the application among others of the same origin. */
  readonly app: string;
  /** Whose data it is: each person has a database of their own. */
  readonly userId: string;
  /** Base URL of the server. */
  readonly url: string;
  readonly storage: 'auto' | 'opfs' | 'indexeddb' | 'memory';
}

/** What the engine needs of whoever hosts it: a worker around it, or a process. */
export interface EngineHost {
  getToken(fresh: boolean): Promise<string>;
  onStatus(status: SyncStatus): void;
  onLive(id: number, result: LiveResult): void;
}

/** Everything that runs in the database's thread: PGlite, the store, its mirror, live queries and the sync loop. */
export class Engine {
  readonly #model: ClientSchema;
  readonly #config: EngineConfig;
  readonly #host: EngineHost;
  readonly #opened: Promise<Opened>;
  #status: SyncStatus = INITIAL_STATUS;

  constructor(model: ClientSchema, config: EngineConfig, host: EngineHost) {
    this.#model = model;
    this.#config = config;
    this.#host = host;
    this.#opened = this.#open();
    this.#opened.catch((error: unknown) => {
      const { code = 'open_failed', message = String(error) } = error as { code?: string; message?: string };
      this.#report({ phase: 'stopped', lastError: { code, message } });
    });
  }

  async query(sql: string, params: readonly unknown[]): Promise<unknown[]> {
    return (await this.#opened).store.read(sql, [...params]);
  }

  /** One local transaction; resolves when it is committed and mirrored. */
  async write(statements: readonly Statement[]): Promise<void> {
    const opened = await this.#opened;
    const written = await opened.store.transaction(async (tx) => {
      for (const { text, values } of statements) await tx.query(text, [...values]);
    });
    await this.#wrote(opened, written);
  }

  async subscribe(id: number, sql: string, params: readonly unknown[]): Promise<void> {
    (await this.#opened).live.subscribe(id, sql, params, (result) => {
      this.#host.onLive(id, result);
    });
  }

  async unsubscribe(id: number): Promise<void> {
    (await this.#opened).live.unsubscribe(id);
  }

  async rejections() {
    return (await this.#opened).store.rejections();
  }

  async dismiss(clientId: string, id: number): Promise<void> {
    const { store } = await this.#opened;
    await store.dismiss(clientId, id);
    await this.#count(store);
  }

  async wake(): Promise<void> {
    (await this.#opened).loop.wake();
  }

  async close(): Promise<void> {
    const { loop, mirror, db } = await this.#opened;
    loop.close();
    mirror?.close();
    await db.close();
  }

  async #open(): Promise<Opened> {
    const { app, userId, url, storage: wanted } = this.#config;
    const name = `vibestack-${app}-${userId}`;
    await this.#exclusive(name);
    const { db, storage } = await openDatabase(name, wanted, this.#model.extensions);
    const database = db as unknown as Database;
    const store = await openStore(database, {
      ...this.#model,
      now: () => Date.now(),
      newId: () => crypto.randomUUID(),
    });
    await learnOwnTypes(db);
    const mirror = storage === 'memory' ? null : await openMirror(name, store);
    const live = new LiveQueries(database, (sql, params) => store.read(sql, [...params]));
    const loop = new SyncLoop(store, this.#model.schema, {
      url,
      getToken: (fresh) => this.#host.getToken(fresh),
      fetch: (input, init) => fetch(input, init),
      openSocket: (address, protocols) => new WebSocket(address, protocols),
      setTimeout: (run, millis) => setTimeout(run, millis),
      clearTimeout: (timer) => {
        clearTimeout(timer as ReturnType<typeof setTimeout>);
      },
      random: () => Math.random(),
      onStatus: (change) => {
        this.#report(change);
      },
      onChanged: (changed) => {
        live.changed(changed);
      },
      onSettled: async (watermarks) => {
        await mirror?.prune(watermarks);
        await this.#count(store);
      },
    });
    this.#report({ phase: 'offline', storage, position: store.state().position });
    await this.#count(store);
    loop.wake();
    return { db, store, mirror, live, loop };
  }

  /** One tab at a time has the database; the next one waits for its turn, and says so. */
  async #exclusive(name: string): Promise<void> {
    if (!('locks' in navigator) || this.#config.storage === 'memory') return;
    const timer = setTimeout(() => {
      this.#report({ phase: 'another_tab' });
    }, 300);
    await new Promise<void>((taken) => {
      // Held until this thread ends: the promise inside never settles.
      void navigator.locks.request(name, () => {
        taken();
        return new Promise(() => undefined);
      });
    });
    clearTimeout(timer);
  }

  async #wrote({ store, mirror, live, loop }: Opened, { mutation, changed }: Written<unknown>): Promise<void> {
    live.changed(changed);
    if (!mutation) return;
    await mirror?.put([mutation]);
    await this.#count(store);
    loop.wrote();
  }

  async #count(store: Store): Promise<void> {
    this.#report({ pending: await store.pendingCount(), rejected: (await store.rejections()).length });
  }

  #report(change: Partial<SyncStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#host.onStatus(this.#status);
  }
}

interface Opened {
  readonly db: { close(): Promise<void> };
  readonly store: Store;
  readonly mirror: OutboxMirror | null;
  readonly live: LiveQueries;
  readonly loop: SyncLoop;
}

/** Opens the mirror; if it belongs to a database that is gone, its mutations come back (SEMANTICS 6.6). */
async function openMirror(name: string, store: Store): Promise<OutboxMirror> {
  const mirror = await OutboxMirror.open(name);
  const identity = await mirror.identity();
  if (identity !== null && identity !== store.clientId) await store.adopt(await mirror.all());
  await mirror.setIdentity(store.clientId);
  // A crash between commit and mirror leaves mutations here that were never promised; they are as good as any.
  await mirror.prune(await store.watermarks());
  await mirror.put(await store.pending(100_000));
  return mirror;
}
