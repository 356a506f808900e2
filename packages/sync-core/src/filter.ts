import {
  hlcFromBigInt,
  type Change,
  type MutationResult,
  type Rejection,
  type Row,
  type ScopeKey,
  type SyncTable,
  type Transaction,
} from '@vibestack/sync-types';
import { RESULT_TABLE, type LogChange, type LogTransaction } from './log.ts';

/** What one session may see, at one moment. */
export interface View {
  /** Whether the session holds rows of this table in this scope (SEMANTICS 7.1: the pair, not the scope alone). */
  holds(scope: ScopeKey, table: string): boolean;
  /** Client ids whose results this session receives. */
  readonly clientIds: ReadonlySet<string>;
  /** Tables by name. */
  readonly tables: ReadonlyMap<string, SyncTable>;
}

/**
 * Reduces a logged transaction to what a session may see of it.
 *
 * A row that enters a held scope arrives whole (`put`), one that leaves it goes (`leave`), columns that the client does
 * not know are dropped, and a change of hidden columns only is no change at all.
 *
 * @returns null when nothing of it is visible
 */
export function filterTransaction(transaction: LogTransaction, view: View): Transaction | null {
  const changes: Change[] = [];
  const results: MutationResult[] = [];
  for (const change of transaction.changes) {
    if (change.t === RESULT_TABLE) {
      const result = readResult(change, view.clientIds);
      if (result) results.push(result);
      continue;
    }
    const table = view.tables.get(change.t);
    if (!table) continue;
    const visible = filterChange(change, table, view);
    if (visible) changes.push(visible);
  }
  if (changes.length === 0 && results.length === 0) return null;
  return { lsn: transaction.lsn, hlc: transaction.hlc, changes, results };
}

function filterChange(change: LogChange, table: SyncTable, view: View): Change | null {
  const { t, k } = change;
  if (change.o === 't') return { op: 'truncate', tables: [t] };
  const had = change.p !== undefined && view.holds(change.p, t);
  const has = change.s !== undefined && view.holds(change.s, t);
  if (change.o === 'd') return had ? { op: 'del', table: t, key: k } : null;
  if (!has) return had && change.p ? { op: 'leave', table: t, key: k, scope: change.p } : null;
  const row = project(change.r, table);
  if (change.o === 'i' || change.p !== change.s) return { op: 'put', table: t, key: k, row };
  const changed = Object.keys(row).some((column) => !table.key.includes(column));
  return changed ? { op: 'patch', table: t, key: k, row } : null;
}

/** Only the columns that the client knows. */
function project(row: Row, table: SyncTable): Row {
  const out: Record<string, string | null> = {};
  for (const { name } of table.columns) {
    const value = row[name];
    if (value !== undefined) out[name] = value;
  }
  return out;
}

function readResult(change: LogChange, clientIds: ReadonlySet<string>): MutationResult | null {
  if (change.o !== 'i' || !clientIds.has(change.r['client_id'] ?? '')) return null;
  return resultFromRow(change.r);
}

/** A row of `vibestack.sync_result` as the client reads it. */
export function resultFromRow(row: Row): MutationResult {
  const base = {
    clientId: row['client_id'] ?? '',
    id: Number(row['id']),
    hlc: hlcFromBigInt(BigInt(row['effective_hlc'] ?? 0)),
  };
  if (row['outcome'] === 'accepted') return { ...base, outcome: 'accepted' };
  const detail = (row['detail'] ? JSON.parse(row['detail']) : {}) as Partial<Rejection>;
  return {
    ...base,
    outcome: 'rejected',
    error: { message: 'The change was refused.', ...detail, code: row['code'] ?? 'rejected' },
  };
}
