import type { Position } from '@vibestack/sync-types';

/** What an application can tell a person about synchronisation. */
export interface SyncStatus {
  /**
   * - `opening`: the local database is being opened
   * - `another_tab`: another tab of this browser has it open; this one waits
   * - `offline`: no connection; reading and writing go on
   * - `connecting`, `downloading`, `live`
   * - `needs_auth`: the sign-in ended; reading and writing go on
   * - `stopped`: the server will not have this client; see `lastError`
   */
  readonly phase:
    'opening' | 'another_tab' | 'offline' | 'connecting' | 'downloading' | 'live' | 'needs_auth' | 'stopped';
  /** Where the local database is kept; null while opening. */
  readonly storage: 'opfs' | 'indexeddb' | 'memory' | null;
  /** Local transactions without a result yet. */
  readonly pending: number;
  /** Refused transactions that nobody has dismissed. */
  readonly rejected: number;
  readonly position: Position | null;
  /** Rows of the download so far, of about how many. */
  readonly progress: { readonly rows: number; readonly of: number } | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

export const INITIAL_STATUS: SyncStatus = {
  phase: 'opening',
  storage: null,
  pending: 0,
  rejected: 0,
  position: null,
  progress: null,
  lastError: null,
};
