export { VibeStackProvider, useClient } from './context.tsx';
export { useLiveQuery, useRejections, useSyncStatus, useWrite } from './hooks.ts';
