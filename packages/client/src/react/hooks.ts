import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Query } from '@vibestack/sync-types/query';
import { statementOf, type LiveSnapshot, type VibeStackClient } from '../client.ts';
import type { RejectedMutation } from '../store/index.ts';
import { INITIAL_STATUS, type SyncStatus } from '../sync/index.ts';
import { useClient } from './context.tsx';

const LOADING = { status: 'loading', rows: [], error: null } as const;

/**
 * Rows of a query on the local database, kept up to date. Rows that did not change are the same objects as before.
 *
 * @example
 * const openTasks = sql('select id, title from task where project_id = :project');
 * const { rows } = useLiveQuery(openTasks, { project: id });
 */
export function useLiveQuery<Row, Params>(
  query: Query<Row, Params>,
  ...params: Parameters<Query<Row, Params>['bind']>
): LiveSnapshot<Row>;
export function useLiveQuery<T>(sql: string, params?: readonly unknown[]): LiveSnapshot<T>;
export function useLiveQuery<T>(query: string | Query<T, never>, params?: unknown): LiveSnapshot<T> {
  const { text, values } = statementOf(query, params);
  const live = useClient().live<T>(text, values);
  return useSyncExternalStore(
    useCallback((listener) => live.subscribe(listener), [live]),
    () => live.snapshot(),
    () => LOADING,
  );
}

/** Writes to the local database; see `VibeStackClient.write`. */
export const useWrite = (): VibeStackClient['write'] => useClient().write;

export function useSyncStatus(): SyncStatus {
  const client = useClient();
  return useSyncExternalStore(client.onStatus, client.status, () => INITIAL_STATUS);
}

/** Changes that the server refused, and how to put one away. */
export function useRejections(): {
  readonly rejections: readonly RejectedMutation[];
  readonly dismiss: (rejection: RejectedMutation) => void;
} {
  const client = useClient();
  const { rejected } = useSyncStatus();
  const [rejections, setRejections] = useState<readonly RejectedMutation[]>([]);
  useEffect(() => {
    let current = true;
    void client.rejections().then((found) => {
      if (current) setRejections(found);
    });
    return () => {
      current = false;
    };
  }, [client, rejected]);
  const dismiss = useCallback(
    ({ clientId, id }: RejectedMutation) => {
      void client.dismiss(clientId, id);
    },
    [client],
  );
  return { rejections, dismiss };
}
