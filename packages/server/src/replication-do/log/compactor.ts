import {
  mergeHeads,
  mergeRuns,
  netOf,
  netTransaction,
  runEntries,
  type LogTransaction,
  type NetEntry,
  type RunHead,
} from '@vibestack/sync-core';
import { LSN_ZERO, type Lsn } from '@vibestack/sync-types';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { bodyText, decodeBodies } from './bodies.ts';
import type { ChangeLog } from './change-log.ts';
import type { Segment } from './segments.ts';

/** Numbers that decide what is compacted. Bytes. */
export interface CompactionLimits {
  /** The newest part of the log, which is left as it is: live readers and running snapshots need single transactions. */
  readonly keepRaw: number;
  /** Raw segments that become one run together; they are held in memory. A larger segment stays as it is. */
  readonly window: number;
  /** Runs are merged up to here: what retention drops at once, and what one reader applies at once. */
  readonly maxRun: number;
}

export const COMPACTION: CompactionLimits = {
  keepRaw: 16 * 1024 * 1024,
  window: 4 * 1024 * 1024,
  maxRun: 64 * 1024 * 1024,
};

/** Bytes of one piece of a run. */
const PIECE = 256 * 1024;

/**
 * Rewrites old segments as net runs (SEMANTICS 2.3): windows of raw ones first, then neighbours of like size, as in a
 * log-structured merge tree, so that each change is rewritten a logarithmic number of times and memory stays bounded.
 */
export class Compactor {
  readonly #log: ChangeLog;
  readonly #storage: ObjectStorage;
  readonly #memberTables: ReadonlySet<string>;
  readonly #limits: CompactionLimits;

  constructor(log: ChangeLog, storage: ObjectStorage, memberTables: ReadonlySet<string>, limits = COMPACTION) {
    this.#log = log;
    this.#storage = storage;
    this.#memberTables = memberTables;
    this.#limits = limits;
  }

  /**
   * Does one step, if there is one to do.
   *
   * @param hold  nothing after this LSN is touched: a running snapshot needs it as it is (SEMANTICS 3.2)
   * @returns whether something was done; then there may be more
   */
  async step(hold: Lsn | null): Promise<boolean> {
    const runs = this.#log.runs();
    const raw = this.#window(runs.at(-1)?.to ?? LSN_ZERO, hold);
    if (raw !== null) {
      await this.#replace(raw, this.#reduced(raw));
      return true;
    }
    const pair = this.#neighbours(runs, hold);
    if (pair === null) return false;
    const [earlier, later] = pair;
    await this.#replace(pair, mergeRuns(this.#entries(earlier), this.#entries(later)));
    return true;
  }

  /** The oldest raw segments side by side that fill a window, if they are old enough. */
  #window(after: Lsn, hold: Lsn | null): readonly Segment[] | null {
    const { keepRaw, window } = this.#limits;
    let from = after;
    while (this.#log.bytesAfter(from) > keepRaw + window) {
      const all = this.#log.rawAfter(from, window);
      const end = all.findIndex(({ to, bytes }) => bytes > window || (hold !== null && to > hold));
      const fitting = end < 0 ? all : all.slice(0, end);
      if (fitting.length > 1) return fitting;
      const [first] = all;
      if (!first || (hold !== null && first.to > hold)) return null;
      from = first.to; // too large to be held in memory: it stays as it is
    }
    return null;
  }

  /** Two runs side by side of which neither is more than four times the other. */
  #neighbours(runs: readonly Segment[], hold: Lsn | null): readonly [Segment, Segment] | null {
    for (const [i, later] of runs.entries()) {
      const earlier = runs[i - 1];
      if (!earlier || (hold !== null && later.to > hold)) continue;
      const isLike = earlier.bytes <= 4 * later.bytes && later.bytes <= 4 * earlier.bytes;
      if (!isLike || earlier.bytes + later.bytes > this.#limits.maxRun) continue;
      if (this.#log.areNeighbours(earlier, later)) return [earlier, later];
    }
    return null;
  }

  #reduced(raw: readonly Segment[]): Iterable<NetEntry> {
    const transactions = raw.flatMap((segment) =>
      decodeBodies([...this.#log.bodies(segment, PIECE)].map((body) => bodyText(segment.head, body))),
    );
    const run = netOf(transactions, this.#memberTables);
    return runEntries([...run.marks, netTransaction(run)]);
  }

  #entries(segment: Segment): Iterable<NetEntry> {
    return runEntries(this.#transactions(segment));
  }

  *#transactions(segment: Segment): Generator<LogTransaction> {
    for (const body of this.#log.bodies(segment, PIECE)) yield* decodeBodies([bodyText(segment.head, body)]);
  }

  /** Writes a run beside what it replaces, then puts it in its place at one stroke. */
  async #replace(segments: readonly Segment[], entries: Iterable<NetEntry> | AsyncIterable<NetEntry>): Promise<void> {
    const head = this.#headOf(segments);
    const writer = this.#log.writeRun();
    try {
      let part: string[] = [];
      let size = 0;
      let changes = 0;
      const flush = (text: string) => {
        if (text !== '') writer.add(text);
      };
      const net = JSON.stringify({ lsn: head.lsn, xid: head.xid, hlc: head.hlc, net: true }).slice(0, -1);
      for await (const entry of entries) {
        if (entry.kind === 'mark') {
          flush(JSON.stringify(entry.mark));
          continue;
        }
        const text = JSON.stringify(entry.change);
        part.push(text);
        size += text.length;
        changes++;
        if (size < PIECE) continue;
        flush(`${net},"changes":[${part.join(',')}]}`);
        part = [];
        size = 0;
      }
      flush(`${net},"changes":[${part.join(',')}]}`);
      this.#storage.transaction(() => {
        writer.replace(segments, changes);
      });
      await this.#storage.sync();
    } catch (error) {
      writer.abandon();
      throw error;
    }
  }

  /** The greatest of what the segments say. Read from their transactions: a directory entry has no clock. */
  #headOf(segments: readonly Segment[]): RunHead {
    let head: RunHead | null = null;
    for (const segment of segments) {
      for (const transaction of this.#transactions(segment)) {
        if (transaction.mark) continue;
        head = head === null ? transaction : mergeHeads(head, transaction);
        if (transaction.net) break; // every part of a run says the same
      }
    }
    if (head === null) throw new Error('A segment without a transaction');
    return { lsn: head.lsn, xid: head.xid, hlc: head.hlc };
  }
}
