import type { ScopeKey } from '@vibestack/sync-types';

/**
 * What a snapshot writes into the WAL after it was read: the log thereby knows, by its own history, what the snapshot
 * saw and for whom it was made. Nothing of it is taken from the client.
 */
export interface SnapshotMarker {
  readonly nonce: string;
  readonly userId: string;
  /** `pg_current_snapshot()` in text, of the transaction that read the rows. */
  readonly snapshot: string;
  readonly scopes: readonly ScopeKey[];
}
