import { RESULT_TABLE, type LogChange, type LogTransaction } from '../log.ts';
import { compareChanges, mergeChanges, netChange } from './net-change.ts';
import { mergeHeads, type NetRun, type RunHead } from './net-run.ts';

/**
 * Reduces adjacent transactions to one net run. Holds all of them in memory; longer ranges are reduced part by part and
 * merged as streams. A part may end inside a transaction, when no reader is shown a run that does.
 *
 * @param transactions  as they were committed, in order; none of them net, none a mark
 * @param memberTables  names of the tables that say who belongs where
 * @throws {RangeError} there are no transactions
 */
export function netOf(transactions: readonly LogTransaction[], memberTables: ReadonlySet<string>): NetRun {
  const [first] = transactions;
  if (!first) throw new RangeError('A net run is made of at least one transaction');
  const tables = new Map<string, TableChanges>();
  const marks: LogTransaction[] = [];
  const results: LogChange[] = [];
  let head: RunHead = first;
  for (const transaction of transactions) {
    head = mergeHeads(head, transaction);
    const kept = transaction.changes.filter(({ t }) => memberTables.has(t));
    if (kept.length > 0) marks.push({ ...transaction, mark: true, changes: kept });
    for (const change of transaction.changes) {
      if (change.t === RESULT_TABLE) results.push(change);
      else record(tables, netChange(change));
    }
  }
  const changes = [...tables.values()].flatMap(({ truncate, rows }) => [...truncate, ...rows.values()]);
  const { lsn, xid, hlc } = head;
  return { lsn, xid, hlc, marks, changes: changes.sort(compareChanges), results };
}

interface TableChanges {
  /** The truncate, or none. */
  readonly truncate: readonly LogChange[];
  readonly rows: Map<string, LogChange>;
}

function record(tables: Map<string, TableChanges>, change: LogChange): void {
  const known = tables.get(change.t);
  if (change.o === 't') tables.set(change.t, { truncate: [change], rows: new Map() });
  else if (!known) tables.set(change.t, { truncate: [], rows: new Map([[change.k, change]]) });
  else {
    const before = known.rows.get(change.k);
    known.rows.set(change.k, before ? mergeChanges(before, change) : change);
  }
}
