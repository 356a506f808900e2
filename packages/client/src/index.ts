export { createClient, type ClientOptions, type LiveQuery, type LiveSnapshot, type VibeStackClient } from './client.ts';
export type { RowOf } from '@vibestack/sync-types/query';
export type { RejectedMutation } from './store/index.ts';
export type { SyncStatus } from './sync/index.ts';
