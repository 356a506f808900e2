import type { LogChange } from '../log.ts';
import { RunOrderError } from './errors.ts';
import { compareChanges, mergeChanges } from './net-change.ts';
import type { NetEntry } from './net-run.ts';

/** A net run as it is read, entry by entry. */
export type NetEntries = Iterable<NetEntry> | AsyncIterable<NetEntry>;

/**
 * Merges two adjacent net runs into one. Of each side one entry is held, so memory does not grow with the runs; both
 * are read as fast as the result is taken.
 *
 * @param later  begins where `earlier` ends
 * @throws {RunOrderError} a side is not sorted as net runs are
 */
export async function* mergeRuns(earlier: NetEntries, later: NetEntries): AsyncGenerator<NetEntry> {
  const left = new Side(earlier);
  const right = new Side(later);
  try {
    await left.advance();
    await right.advance();
    yield* left.take('mark');
    yield* right.take('mark');
    let emptied: string | null = null;
    for (let a = left.change, b = right.change; a || b; a = left.change, b = right.change) {
      const order = !b ? -1 : !a ? 1 : compareChanges(a, b);
      if (b?.o === 't' && order >= 0) emptied = b.t;
      const change = merged(order, a?.t === emptied ? undefined : a, b);
      if (change) yield { kind: 'change', change };
      if (order <= 0) await left.advance();
      if (order >= 0) await right.advance();
    }
    yield* left.take('result');
    yield* right.take('result');
  } finally {
    await left.close();
    await right.close();
  }
}

/** @param order  which of the two is next in the run; zero: they are of the same row */
function merged(order: number, a: LogChange | undefined, b: LogChange | undefined): LogChange | undefined {
  if (order < 0) return a;
  return order === 0 && a && b ? mergeChanges(a, b) : b;
}

const SECTIONS = { mark: 0, change: 1, result: 2 } as const satisfies Record<NetEntry['kind'], number>;

/** One of the two runs, and where it is being read. */
class Side {
  readonly #entries: Iterator<NetEntry> | AsyncIterator<NetEntry>;
  /** Read and not yet passed on; undefined at the end. */
  #head: NetEntry | undefined;

  constructor(entries: NetEntries) {
    this.#entries = Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]();
  }

  /** The next entry, if it is a change. */
  get change(): LogChange | undefined {
    return this.#head?.kind === 'change' ? this.#head.change : undefined;
  }

  /** The entries of a section, when the side has come to it. */
  async *take(kind: NetEntry['kind']): AsyncGenerator<NetEntry> {
    while (this.#head?.kind === kind) {
      yield this.#head;
      await this.advance();
    }
  }

  async advance(): Promise<void> {
    const result = await this.#entries.next();
    const next = result.done ? undefined : result.value;
    if (next && this.#head) assertOrder(this.#head, next);
    this.#head = next;
  }

  async close(): Promise<void> {
    await this.#entries.return?.();
  }
}

function assertOrder(before: NetEntry, next: NetEntry): void {
  const sorted =
    before.kind === 'change' && next.kind === 'change'
      ? compareChanges(before.change, next.change) < 0
      : SECTIONS[before.kind] <= SECTIONS[next.kind];
  if (sorted) return;
  const [a, b] = [before, next].map((entry) =>
    entry.kind === 'mark' ? entry.kind : `${entry.change.t} ${entry.change.k}`,
  );
  throw new RunOrderError(`A net run has '${b}' after '${a}'; its segments are not in their order`);
}
