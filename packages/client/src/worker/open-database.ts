import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import type { SyncStatus } from '../sync/index.ts';
import { learnBuiltinTypes } from './value-types.ts';

type Storage = Exclude<SyncStatus['storage'], null>;

/** Tells where it could not be opened, and why. */
type StorageFailures = readonly { readonly storage: Storage; readonly message: string }[];

export interface OpenedDatabase {
  readonly db: PGlite;
  readonly storage: Storage;
  readonly failures: StorageFailures;
}

/**
 * Opens the local database where it lasts: the origin's private file system, else IndexedDB, else in memory. Which of
 * them works is found by trying.
 *
 * @param name        of the database; one per application and person
 * @param extensions  that its tables need
 */
export async function openDatabase(
  name: string,
  wanted: Storage | 'auto',
  extensions: NonNullable<PGliteOptions['extensions']> = {},
): Promise<OpenedDatabase> {
  const failures: { storage: Storage; message: string }[] = [];
  for (const storage of wanted === 'auto' ? (['opfs', 'indexeddb', 'memory'] as const) : [wanted]) {
    try {
      const db = await PGlite.create({ dataDir: directory(storage, name), relaxedDurability: false, extensions });
      learnBuiltinTypes(db);
      return { db, storage, failures };
    } catch (error) {
      failures.push({ storage, message: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new Error(
    `The local database cannot be opened: ${failures.map(({ storage, message }) => `${storage}: ${message}`).join('; ')}`,
  );
}

function directory(storage: Storage, name: string): string {
  if (storage === 'memory') return 'memory://';
  return storage === 'opfs' ? `opfs-ahp://${name}` : `idb://${name}`;
}
