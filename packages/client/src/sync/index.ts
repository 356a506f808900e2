export { SyncLoop } from './loop.ts';
export { INITIAL_STATUS, type SyncStatus } from './status.ts';
