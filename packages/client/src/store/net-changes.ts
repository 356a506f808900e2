import type { Change, Row, ScopeKey, SyncTable, Transaction } from '@vibestack/sync-types';
import { scopeKey } from '@vibestack/sync-types';

/** What several transactions did to one row, taken together. */
export type Net =
  | { readonly kind: 'put'; readonly row: Row }
  | { readonly kind: 'patch'; readonly row: Row }
  | { readonly kind: 'del' }
  /** Goes only while it is in one of these scopes. */
  | { readonly kind: 'leave'; readonly scopes: readonly ScopeKey[] };

/** Net changes of one table, in the order in which rows were first touched. */
export interface TableNet {
  /** All rows that were there before are gone. */
  truncated: boolean;
  readonly rows: Map<string, Net>;
}

/** Merges the changes of several transactions row by row; the result does what they did one after the other. */
export function netChanges(
  transactions: readonly Transaction[],
  tables: ReadonlyMap<string, SyncTable>,
): Map<string, TableNet> {
  const out = new Map<string, TableNet>();
  const tableNet = (name: string): TableNet => {
    let net = out.get(name);
    if (!net) out.set(name, (net = { truncated: false, rows: new Map() }));
    return net;
  };
  for (const { changes } of transactions) {
    for (const change of changes) {
      if (change.op === 'truncate') {
        for (const name of change.tables) out.set(name, { truncated: true, rows: new Map() });
        continue;
      }
      const table = tables.get(change.table);
      if (!table) continue;
      const { rows } = tableNet(change.table);
      rows.set(change.key, merge(table, rows.get(change.key), change));
    }
  }
  return out;
}

function merge(table: SyncTable, before: Net | undefined, change: Exclude<Change, { op: 'truncate' }>): Net {
  switch (change.op) {
    case 'put':
      return { kind: 'put', row: change.row };
    case 'del':
      return { kind: 'del' };
    case 'patch':
      if (before?.kind === 'put' || before?.kind === 'patch')
        return { kind: before.kind, row: { ...before.row, ...change.row } };
      return before ?? { kind: 'patch', row: change.row };
    case 'leave':
      if (before?.kind === 'put') return scopeOfRow(table, before.row) === change.scope ? { kind: 'del' } : before;
      if (before?.kind === 'del') return before;
      return { kind: 'leave', scopes: [...(before?.kind === 'leave' ? before.scopes : []), change.scope] };
  }
}

/** Applies a net change to a row that is at hand, as the statements do to those in tables. */
export function applyNet(table: SyncTable, row: Row | null, net: Net): Row | null {
  switch (net.kind) {
    case 'put':
      return net.row;
    case 'patch':
      return row && { ...row, ...net.row };
    case 'del':
      return null;
    case 'leave':
      return row && net.scopes.includes(scopeOfRow(table, row)) ? null : row;
  }
}

/** The scope that a row is in. */
function scopeOfRow(table: SyncTable, row: Row): ScopeKey {
  const { name, column } = table.scope;
  return column === undefined ? scopeKey(name) : scopeKey(name, row[column] ?? 'none');
}
