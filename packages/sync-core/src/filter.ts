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
 * not know are dropped, and a change of hidden columns only is no change at all. Of a net run the same is true for
 * whoever stands anywhere in its range: a row goes by each held scope that it left, unless it ended in one.
 *
 * @returns null when nothing of it is visible
 */
export function filterTransaction(transaction: LogTransaction, view: View): Transaction | null {
  if (transaction.mark) return null;
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
    changes.push(...filterChange(change, table, view));
  }
  if (changes.length === 0 && results.length === 0) return null;
  return { lsn: transaction.lsn, hlc: transaction.hlc, changes, results };
}

function filterChange(change: LogChange, table: SyncTable, view: View): readonly Change[] {
  const { o, t, k, s, p, l = [] } = change;
  if (o === 't') return [{ op: 'truncate', tables: [t] }];
  const left = (p === undefined || p === s ? l : [p, ...l]).filter((scope) => view.holds(scope, t));
  if (o === 'd') return left.length > 0 ? [{ op: 'del', table: t, key: k }] : [];
  if (s === undefined || !view.holds(s, t)) return left.map((scope) => ({ op: 'leave', table: t, key: k, scope }));
  const row = project(change.r, table);
  if (o === 'i' || p !== s) return [{ op: 'put', table: t, key: k, row }];
  const changed = Object.keys(row).some((column) => !table.key.includes(column));
  return changed ? [{ op: 'patch', table: t, key: k, row }] : [];
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
