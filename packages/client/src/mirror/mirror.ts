import type { Mutation } from '@vibestack/sync-types';

/**
 * A copy of the outbox outside PGlite, in IndexedDB: everything else locally can be downloaded again, these cannot.
 *
 * A local write counts as done when the database has committed and the mirror is durable (SEMANTICS 6.6).
 */
export class OutboxMirror {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  /** @param name  of the local database that is mirrored */
  static async open(name: string): Promise<OutboxMirror> {
    const request = indexedDB.open(`vibestack-mirror-${name}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('mutation', { keyPath: ['clientId', 'id'] });
      request.result.createObjectStore('identity');
    };
    return new OutboxMirror(await settled(request));
  }

  /** The client id of the database that was mirrored last; null for the first time. */
  async identity(): Promise<string | null> {
    const store = this.#db.transaction('identity').objectStore('identity');
    return ((await settled(store.get('clientId'))) as string | undefined) ?? null;
  }

  async setIdentity(clientId: string): Promise<void> {
    await this.#write('identity', (store) => {
      store.put(clientId, 'clientId');
    });
  }

  /** Durable when the promise resolves. */
  async put(mutations: readonly Mutation[]): Promise<void> {
    await this.#write('mutation', (store) => {
      for (const mutation of mutations) store.put(mutation);
    });
  }

  /** Oldest first, per client id. */
  async all(): Promise<Mutation[]> {
    return (await settled(this.#db.transaction('mutation').objectStore('mutation').getAll())) as Mutation[];
  }

  /** Drops what has a result. */
  async prune(watermarks: Readonly<Record<string, number>>): Promise<void> {
    await this.#write('mutation', (store) => {
      for (const [clientId, id] of Object.entries(watermarks)) {
        store.delete(IDBKeyRange.bound([clientId, 0], [clientId, id]));
      }
    });
  }

  close(): void {
    this.#db.close();
  }

  #write(name: string, work: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction(name, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onerror = transaction.onabort = () => {
        reject(transaction.error ?? new Error('The mirror could not be written'));
      };
      work(transaction.objectStore(name));
    });
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB failed'));
    };
  });
}
