import type { LogTransaction } from '@vibestack/sync-core';
import type { Lsn } from '@vibestack/sync-types';

/** A page of the log: transactions with `from < lsn <= to`. */
export interface LogPage {
  /** Where a reader is after it has taken the page; where it was, while a segment is not read to its end. */
  readonly to: Lsn;
  /** JSON: arrays of `LogTransaction`, oldest first; see {@link decodeBodies}. */
  readonly bodies: readonly string[];
  /** More is there. */
  readonly more: boolean;
  /**
   * The page ends inside a segment, which must be taken whole: ask again from the same place with this, keep what came,
   * and give nothing of it away before it is complete. Null otherwise.
   */
  readonly within: number | null;
}

/** Parses bodies and joins the parts of a transaction that was cut over several of them. */
export function decodeBodies(bodies: readonly string[]): LogTransaction[] {
  const out: LogTransaction[] = [];
  for (const body of bodies) {
    for (const part of JSON.parse(body) as LogTransaction[]) {
      const last = out.at(-1);
      // A run's last mark may have the run's own place.
      if (last !== undefined && last.lsn === part.lsn && last.mark === part.mark && last.net === part.net) {
        out[out.length - 1] = { ...part, changes: [...last.changes, ...part.changes] };
      } else out.push(part);
    }
  }
  return out;
}

/** The text of one body: whole transactions, or some changes of the one whose head is given. */
export const bodyText = (head: string | null, text: string): string =>
  head === null ? `[${text}]` : `[${head.slice(0, -1)},"changes":[${text}]}]`;
