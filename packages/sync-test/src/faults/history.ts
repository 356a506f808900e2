import type { LoggedTransaction } from '../probe/index.ts';
import type { Committed } from './writers.ts';

/** In what a history is not what was committed; every list is empty when it is. */
export interface Differences {
  /** Keys that were committed and are not in the log. */
  readonly lost: readonly number[];
  readonly twice: readonly number[];
  /** Keys that were never committed. */
  readonly invented: readonly number[];
  /** Positions that are not after the one before. */
  readonly backward: readonly string[];
  /** Transactions that are not in it as they were committed: other keys, or in another order. */
  readonly torn: readonly string[];
  /** Transactions of one writer that come before an earlier one of the same writer. */
  readonly overtaking: readonly string[];
}

export const NONE: Differences = { lost: [], twice: [], invented: [], backward: [], torn: [], overtaking: [] };

/** Compares a whole history with what writers know to be committed. What was compacted has its keys alone to compare. */
export function differences(history: readonly LoggedTransaction[], committed: readonly Committed[]): Differences {
  const seen = new Set<number>();
  const twice: number[] = [];
  const backward: string[] = [];
  const torn: string[] = [];
  const overtaking: string[] = [];
  const byXid = new Map(committed.map((transaction, order) => [transaction.xid, { ...transaction, order }]));
  const latest = new Map<number, number>();
  let last = '';
  for (const { lsn, xid, isNet, ids } of history) {
    if (lsn <= last) backward.push(lsn);
    last = lsn;
    for (const id of ids) {
      if (seen.has(id)) twice.push(id);
      seen.add(id);
    }
    if (isNet) continue;
    const known = byXid.get(xid);
    if (known?.ids.join() !== ids.join()) torn.push(xid);
    if (!known) continue;
    if ((latest.get(known.writer) ?? -1) > known.order) overtaking.push(xid);
    latest.set(known.writer, known.order);
  }
  const expected = new Set(committed.flatMap(({ ids }) => ids));
  return {
    lost: [...expected].filter((id) => !seen.has(id)),
    twice,
    invented: [...seen].filter((id) => !expected.has(id)),
    backward,
    torn,
    overtaking,
  };
}
