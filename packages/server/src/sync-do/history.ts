import type { LogTransaction } from '@vibestack/sync-core';
import type { Epoch, Lsn } from '@vibestack/sync-types';
import { decodeBodies, type LogPage } from '../replication-do/index.ts';
import type { Group } from './group.ts';

/** Bytes of log read at a time; a call between objects carries at most 32 MiB. */
const PAGE = 1024 * 1024;

/** Whole transactions with `from < lsn <= to`. */
export interface History {
  readonly transactions: readonly LogTransaction[];
  readonly to: Lsn;
  readonly more: boolean;
}

/** The next transactions that concern the group; null when the log does not reach back to `from`. */
export async function readHistory(group: Group, epoch: Epoch, from: Lsn): Promise<History | null> {
  return whole((within) => group.replication.read(group.name, epoch, from, PAGE, within));
}

/** All logged transactions up to `until` that a snapshot with this `xmin` may not see; null when some are gone. */
export async function readUnseen(
  group: Group,
  epoch: Epoch,
  xmin: bigint,
  until: Lsn,
): Promise<readonly LogTransaction[] | null> {
  const out: LogTransaction[] = [];
  let from: Lsn | null = null;
  for (;;) {
    const at: Lsn | null = from;
    const page = await whole((within) => group.replication.readUnseen(epoch, xmin.toString(), until, at, PAGE, within));
    if (page === null) return null;
    out.push(...page.transactions);
    if (!page.more) return out;
    from = page.to;
  }
}

/** Reads on until a page does not end inside a segment. */
async function whole(read: (within: number | null) => Promise<LogPage | null>): Promise<History | null> {
  const bodies: string[] = [];
  let within: number | null = null;
  for (;;) {
    const page: LogPage | null = await read(within);
    if (page === null) return null;
    bodies.push(...page.bodies);
    if (page.within === null) return { transactions: decodeBodies(bodies), to: page.to, more: page.more };
    within = page.within;
  }
}
