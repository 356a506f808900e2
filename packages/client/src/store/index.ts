export { GapError, StagingMissingError } from './errors.ts';
export { openStore } from './store.ts';
export type {
  ChangedKeys,
  ClientMigration,
  Database,
  RejectedMutation,
  StagedSnapshot,
  Store,
  Written,
} from './types.ts';
