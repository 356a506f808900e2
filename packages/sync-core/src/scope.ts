import { scopeKey, type Row, type ScopeKey, type SyncTable } from '@vibestack/sync-types';
import { SCOPE_NONE } from './log.ts';

/** @returns the scope that a row belongs to */
export function scopeOf(table: SyncTable, row: Row): ScopeKey {
  if (table.scope.column === undefined) return scopeKey(table.scope.name);
  const id = row[table.scope.column];
  return id === null || id === undefined ? SCOPE_NONE : scopeKey(table.scope.name, id);
}
