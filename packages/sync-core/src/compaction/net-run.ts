import type { Hlc, Lsn } from '@vibestack/sync-types';
import { observe } from '../clock.ts';
import { RESULT_TABLE, type LogChange, type LogTransaction } from '../log.ts';

/** What a net run says of its range of transactions. */
export interface RunHead {
  /** Commit LSN of the last transaction: where a reader is afterwards. */
  readonly lsn: Lsn;
  /** Highest full transaction id, decimal. A snapshot that sees it need not see all of the range (SEMANTICS 3.2). */
  readonly xid: string;
  /** Highest clock. */
  readonly hlc: Hlc;
}

/**
 * A range of adjacent transactions, reduced to what it does (SEMANTICS 2.3): whoever stands anywhere in it, or at its
 * start, is at its end after applying all of `changes` at once.
 */
export interface NetRun extends RunHead {
  /** One for each transaction that changed who belongs where, with its own LSN: a reader meets those after its own. */
  readonly marks: readonly LogTransaction[];
  /** At most one a row, sorted by table and key; a table's truncate before its rows. */
  readonly changes: readonly LogChange[];
  /** Mutation results, in commit order. */
  readonly results: readonly LogChange[];
}

/** A piece of a net run. A run is a sequence of them: first its marks, then its changes, then its results. */
export type NetEntry =
  | { readonly kind: 'mark'; readonly mark: LogTransaction }
  | { readonly kind: 'change'; readonly change: LogChange }
  | { readonly kind: 'result'; readonly change: LogChange };

/**
 * @returns the run, without its marks, as one transaction of the log. The marks stand before it; the last one may have
 *          the same LSN, and is a transaction of its own all the same
 */
export function netTransaction({ lsn, xid, hlc, changes, results }: NetRun): LogTransaction {
  return { lsn, xid, hlc, net: true, changes: [...changes, ...results] };
}

/**
 * The entries of a run.
 *
 * @param logged  as the log holds it: its marks, then its net transaction, which may be cut into parts
 */
export function* runEntries(logged: Iterable<LogTransaction>): Generator<NetEntry> {
  for (const transaction of logged) {
    if (transaction.mark) {
      yield { kind: 'mark', mark: transaction };
      continue;
    }
    for (const change of transaction.changes) {
      yield { kind: change.t === RESULT_TABLE ? 'result' : 'change', change };
    }
  }
}

/** @returns what the two together say, when `later` begins where `earlier` ends */
export function mergeHeads(earlier: RunHead, later: RunHead): RunHead {
  return {
    lsn: later.lsn,
    xid: BigInt(later.xid) > BigInt(earlier.xid) ? later.xid : earlier.xid,
    hlc: observe(earlier.hlc, later.hlc),
  };
}
