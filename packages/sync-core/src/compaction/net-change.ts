import type { ScopeKey } from '@vibestack/sync-types';
import { SCOPE_NONE, type LogChange } from '../log.ts';

/** @returns what a change of a single transaction is in a net run of that change alone */
export function netChange(change: LogChange): LogChange {
  const { o, t, k, s, p, r } = change;
  switch (o) {
    case 'i':
    case 't':
      return change;
    case 'd':
      return { ...change, r: {} };
    case 'u':
      if (s === undefined) return change;
      // A move has every column, so whoever gets to see the row in its new scope may take it as a new one.
      return p === undefined || p === s ? { o, t, k, s, p: s, r } : withLeft({ o: 'i', t, k, s, r }, [p]);
  }
}

/**
 * What two net changes of one row do, one after the other. Also where the first and the second cancel out something is
 * left: a reader may stand between them.
 *
 * @param earlier  not a truncate
 */
export function mergeChanges(earlier: LogChange, later: LogChange): LogChange {
  switch (later.o) {
    case 't':
      return later;
    case 'u':
      // A patch of a row that is gone does nothing, as at the client.
      if (earlier.o === 'd') return earlier;
      return { ...earlier, r: { ...earlier.r, ...later.r } };
    case 'i':
    case 'd':
      // Whichever scope either of them names, some reader may hold and have the row in.
      return withLeft(later, [earlier.s, earlier.p, ...(earlier.l ?? []), ...(later.l ?? [])]);
  }
}

/**
 * The order of changes in a net run: by table, then key, both by code unit; a table's truncate before its rows.
 *
 * @returns below zero when `a` comes first, zero when both are of the same row
 */
export function compareChanges(a: LogChange, b: LogChange): number {
  if (a.t !== b.t) return a.t < b.t ? -1 : 1;
  if ((a.o === 't') !== (b.o === 't')) return a.o === 't' ? -1 : 1;
  if (a.k === b.k) return 0;
  return a.k < b.k ? -1 : 1;
}

/** The scope in which a row is, or last was, needs no tombstone; nor does the one that nobody holds. */
function withLeft(change: LogChange, scopes: readonly (ScopeKey | undefined)[]): LogChange {
  const own = change.o === 'd' ? change.p : change.s;
  const left = new Set<ScopeKey>();
  for (const scope of scopes) if (scope !== undefined && scope !== own && scope !== SCOPE_NONE) left.add(scope);
  return left.size === 0 ? change : { ...change, l: [...left].sort() };
}
