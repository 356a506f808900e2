import type { SyncStatus } from '@vibestack/client';
import { useSyncStatus } from '@vibestack/client/react';

const WORDS: Readonly<Record<SyncStatus['phase'], string>> = {
  opening: 'Opening',
  another_tab: 'Open in another tab',
  offline: 'Offline',
  connecting: 'Connecting',
  downloading: 'Loading',
  live: 'Live',
  needs_auth: 'Sign in again',
  stopped: 'Stopped',
};

const STORAGE: Readonly<Record<string, string>> = {
  opfs: 'kept in this browser (private file system)',
  indexeddb: 'kept in this browser (IndexedDB)',
  memory: 'kept in memory only: it goes with this tab',
};

/** Says in one word how synchronisation stands, and in its title the rest. */
export function StatusPill() {
  const { phase, pending, storage, progress, lastError } = useSyncStatus();
  const waiting = pending > 0 ? ` · ${pending} waiting` : '';
  const share =
    progress && progress.of > 0 ? ` ${Math.min(100, Math.round((100 * progress.rows) / progress.of))} %` : '';
  const details = [
    storage && `Data is ${STORAGE[storage] ?? storage}.`,
    lastError && phase !== 'live' && lastError.message,
  ];
  return (
    <span
      className="pill"
      data-phase={phase}
      data-pending={pending}
      role="status"
      title={details.filter(Boolean).join('\n')}
    >
      <i aria-hidden="true" />
      {WORDS[phase]}
      {share}
      {waiting}
      {progress && progress.of > 0 && <progress value={progress.rows} max={progress.of} aria-label="Rows loaded" />}
    </span>
  );
}
