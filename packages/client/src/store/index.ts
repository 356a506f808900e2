export { GapError, LocalSchemaError, StagingMissingError } from './errors.ts';
export { openStore } from './store.ts';
export type {
  Applied,
  ChangedKeys,
  ClientMigration,
  Database,
  RejectedMutation,
  StagedSnapshot,
  Store,
  StoreOptions,
  StoreState,
  Tx,
  Written,
} from './types.ts';
