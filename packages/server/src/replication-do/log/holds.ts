import type { Lsn } from '@vibestack/sync-types';
import type { ObjectStorage } from '../storage/object-storage.ts';

/** Milliseconds for which a snapshot may hold compaction back: it must be read, downloaded and admitted in it. */
const LEASE = 30 * 60_000;

/**
 * Running snapshots hold compaction back: between what they saw and their place in the stream lie single transactions,
 * some seen and some not (SEMANTICS 3.2). A hold that ends too early costs its client a second download, nothing else.
 */
export class Holds {
  readonly #storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
    storage.exec(`create table if not exists hold (
      nonce text primary key, lsn text not null, expires integer not null) without rowid`);
  }

  /** @param lsn  where the log ended before the snapshot was begun */
  add(nonce: string, lsn: Lsn, now: number): void {
    this.#storage.exec(`insert or replace into hold values (?, ?, ?)`, nonce, lsn, now + LEASE);
  }

  release(nonce: string): void {
    this.#storage.exec(`delete from hold where nonce = ?`, nonce);
  }

  /** Nothing after this may be compacted; null when no snapshot is running. */
  earliest(now: number): Lsn | null {
    this.#storage.exec(`delete from hold where expires < ?`, now);
    const [row] = this.#storage.exec<{ lsn: string | null }>(`select min(lsn) as lsn from hold`);
    return (row?.lsn ?? null) as Lsn | null;
  }
}
