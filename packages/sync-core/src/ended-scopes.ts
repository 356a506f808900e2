import {
  parseScopeKey,
  scopeKey,
  type Row,
  type ScopeKey,
  type SyncSchema,
  type SyncScope,
} from '@vibestack/sync-types';
import type { LogChange, LogTransaction } from './log.ts';

/**
 * Scopes of which a person's membership may have ended in some transactions, even if it came back in them: what was
 * written in between must not be shown from the stream (SEMANTICS 7.4, 7.5). Judged by the changed rows alone, so
 * wide where they do not tell; the price of a false alarm is one download.
 *
 * @param held  scopes that the person was known to belong to before
 */
export function endedScopes(
  schema: SyncSchema,
  userId: string,
  held: Iterable<ScopeKey>,
  transactions: readonly LogTransaction[],
): ReadonlySet<ScopeKey> {
  const ended = new Set<ScopeKey>();
  const mine = [...held];
  for (const { changes } of transactions) {
    for (const change of changes) {
      for (const scope of schema.scopes) {
        if (!scope.memberTables.includes(change.t) || !mayEnd(scope, change)) continue;
        const ofScope = mine.filter((key) => parseScopeKey(key).name === scope.name);
        for (const key of ofScope) if (concerns(schema, scope, change, userId, key)) ended.add(key);
      }
    }
  }
  return ended;
}

/** Whether a change can have ended anybody's membership. */
function mayEnd(scope: SyncScope, change: LogChange): boolean {
  if (change.o === 'i') return false;
  if (change.o !== 'u' || change.w === undefined) return true;
  return Object.entries(change.w).some(([column, old]) => {
    const mentions = mentionsOf(scope, column);
    if (mentions === 0) return false;
    // A role that is only read, and becomes another role, ends nothing: what it lets one see is compared elsewhere.
    const now = change.r[column];
    const isRole =
      typeof old === 'string' && typeof now === 'string' && [old, now].every((one) => scope.roles.includes(one));
    return !(isRole && mentions === 1);
  });
}

/** Whether a change may be about this person in this scope. */
function concerns(schema: SyncSchema, scope: SyncScope, change: LogChange, userId: string, key: ScopeKey): boolean {
  const table = schema.tables.find(({ name }) => name === change.t);
  const isTold = table?.columns.every(({ name }) => name in change.r) ?? false;
  // Of several tables, one row says too little: the person or the scope may be named by another.
  if (change.o === 't' || !isTold || scope.memberTables.length > 1) return true;
  const values = [...valuesOf(change.r), ...valuesOf(change.w ?? {})];
  const names = [...values.map((value) => scopeKey(scope.name, value)), change.p, change.s];
  return values.includes(userId) && names.includes(key);
}

const valuesOf = (row: Row): string[] => Object.values(row).filter((value) => value !== null);

/** How often a column's name stands in the SQL that says who belongs to a scope. */
const mentionsOf = ({ members }: SyncScope, column: string): number =>
  (members ?? '').split(/[^\p{L}\p{N}_$]+/u).filter((word) => word.toLowerCase() === column.toLowerCase()).length;
