export { filterTransaction, resultFromRow, type View } from './filter.ts';
export { RESULT_TABLE, SCOPE_NONE, clientScope, type LogChange, type LogTransaction } from './log.ts';
export {
  ROLE_ANYONE,
  ROLE_SELF,
  compareMemberships,
  readableTables,
  type MembershipChange,
  type Memberships,
} from './membership.ts';
export { columnClock, effectiveClock, winningColumns, type ClockInput, type RowClock } from './merge.ts';
export {
  RunOrderError,
  mergeHeads,
  mergeRuns,
  netOf,
  netTransaction,
  runEntries,
  type NetEntries,
  type NetEntry,
  type NetRun,
  type RunHead,
} from './compaction/index.ts';
export { observe, tick } from './clock.ts';
export { rebase } from './rebase.ts';
export { scopeOf } from './scope.ts';
export { endedScopes } from './ended-scopes.ts';
