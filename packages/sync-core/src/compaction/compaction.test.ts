import type { Transaction } from '@vibestack/sync-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterTransaction, type View } from '../filter.ts';
import { SCOPE_NONE, type LogTransaction } from '../log.ts';
import { mergeRuns } from './merge-runs.ts';
import { compareChanges } from './net-change.ts';
import { netOf } from './net-of.ts';
import { mergeHeads, netTransaction, runEntries, type NetEntry, type NetRun, type RunHead } from './net-run.ts';
import { MEMBER_TABLES, Reader, history, lsnAt, view, visibleState } from './testing.ts';

const RUNS = { numRuns: 2_000 };

const compact = (transactions: readonly LogTransaction[]): NetRun => netOf(transactions, MEMBER_TABLES);
/** A run as the log holds it. */
const logged = (run: NetRun): LogTransaction[] => [...run.marks, netTransaction(run)];

/** What a session that stands after `count` transactions is sent of a log. */
const sent = (log: readonly LogTransaction[], count: number, view: View): Transaction[] =>
  log.filter(({ lsn }) => lsn > lsnAt(count)).flatMap((transaction) => filterTransaction(transaction, view) ?? []);

function read(reader: Reader, transactions: readonly Transaction[]): Reader {
  for (const transaction of transactions) reader.apply(transaction);
  return reader;
}

const place = fc.nat(1_000_000);
/** Three places in a history, in order. */
const within = (count: number, places: readonly number[]): [number, number, number] =>
  places.map((one) => one % (count + 1)).sort((a, b) => a - b) as [number, number, number];

/** Cuts a list into parts, none empty. */
function cut<T>(list: readonly T[], at: readonly number[]): T[][] {
  const ends = [...new Set([...at.map((one) => one % list.length), 0, list.length])].sort((a, b) => a - b);
  return ends.slice(1).map((end, i) => list.slice(ends[i], end));
}

describe('a net run', () => {
  it('brings a reader from anywhere in its range to its end, whatever scopes it holds', () => {
    fc.assert(
      fc.property(history, view, fc.tuple(place, place, place), ({ transactions, states }, held, places) => {
        const [from, at, to] = within(transactions.length, places);
        if (from === to) return;
        const log = logged(compact(transactions.slice(from, to)));
        const [before, after] = [states[at], states[to]].map((state) => visibleState(state ?? new Map(), held));
        const single = sent(transactions.slice(from, to), at, held);
        expect(read(new Reader(before ?? new Map()), single).state).toEqual(after);
        expect(read(new Reader(before ?? new Map()), sent(log, at, held)).state).toEqual(after);
      }),
      RUNS,
    );
  });

  it('does nothing to a reader at its end, who is not sent it, and nothing when it is applied again', () => {
    fc.assert(
      fc.property(history, view, ({ transactions, states }, held) => {
        const log = logged(compact(transactions));
        const end = visibleState(states.at(-1) ?? new Map(), held);
        expect(sent(log, transactions.length, held)).toEqual([]);
        expect(read(new Reader(end), sent(log, 0, held)).state).toEqual(end);
      }),
      RUNS,
    );
  });

  it('may stand anywhere in the log, between single transactions and other runs', () => {
    fc.assert(
      fc.property(history, view, fc.array(place), fc.array(fc.boolean()), place, (past, held, cuts, which, at) => {
        const log = cut(past.transactions, cuts).flatMap((part, i) => (which[i] ? part : logged(compact(part))));
        const stands = at % (past.transactions.length + 1);
        const reader = new Reader(visibleState(past.states[stands] ?? new Map(), held));
        const end = visibleState(past.states.at(-1) ?? new Map(), held);
        expect(read(reader, sent(log, stands, held)).state).toEqual(end);
      }),
      RUNS,
    );
  });

  it('tells of no row that the single transactions would not tell of', () => {
    const named = (transactions: readonly Transaction[]) =>
      new Set(
        transactions.flatMap(({ changes }) =>
          changes.map((change) => (change.op === 'truncate' ? change.tables[0] : `${change.table} ${change.key}`)),
        ),
      );
    fc.assert(
      fc.property(history, view, ({ transactions }, held) => {
        const single = named(sent(transactions, 0, held));
        for (const one of named(sent(logged(compact(transactions)), 0, held))) expect(single).toContain(one);
      }),
      RUNS,
    );
  });

  it('keeps every mutation result, in order', () => {
    fc.assert(
      fc.property(history, view, ({ transactions }, held) => {
        const results = (log: readonly LogTransaction[]) => sent(log, 0, held).flatMap((one) => one.results);
        expect(results(logged(compact(transactions)))).toEqual(results(transactions));
      }),
    );
  });

  it('keeps every change to who belongs where, each at its own place, as a mark', () => {
    fc.assert(
      fc.property(history, ({ transactions }) => {
        const kept = transactions.flatMap((transaction) => {
          const changes = transaction.changes.filter(({ t }) => MEMBER_TABLES.has(t));
          return changes.length > 0 ? [{ ...transaction, changes, mark: true }] : [];
        });
        expect(compact(transactions).marks).toEqual(kept);
      }),
    );
  });

  it('carries the last position, the highest transaction id and the highest clock', () => {
    fc.assert(
      fc.property(history, ({ transactions }) => {
        const { lsn, xid, hlc } = compact(transactions);
        expect(lsn).toBe(lsnAt(transactions.length));
        expect(Number(xid)).toBe(Math.max(...transactions.map((one) => Number(one.xid))));
        expect(hlc).toBe(
          transactions
            .map((one) => one.hlc)
            .sort()
            .at(-1),
        );
      }),
    );
  });

  it('has one change a row, sorted, with tombstones for other scopes than the row’s own', () => {
    fc.assert(
      fc.property(history, ({ transactions }) => {
        const { changes } = compact(transactions);
        for (const [i, change] of changes.entries()) {
          const before = changes[i - 1];
          if (before) expect(compareChanges(before, change)).toBeLessThan(0);
          const { l } = change;
          if (l === undefined) continue;
          expect(l).toEqual([...new Set(l)].sort());
          for (const own of [change.s, change.p, SCOPE_NONE]) expect(l).not.toContain(own);
        }
      }),
    );
  });
});

describe('merging net runs', () => {
  /** A run on its way: what it says, and its entries as they are read, at once or by and by. */
  interface Read {
    readonly head: RunHead;
    readonly entries: readonly NetEntry[];
  }

  async function* awaited<T>(all: Iterable<T>): AsyncGenerator<T> {
    for (const one of all) yield await Promise.resolve(one);
  }

  async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
    const out: T[] = [];
    for await (const one of all) out.push(one);
    return out;
  }

  /** Merges neighbours in some order until one run is left. */
  async function mergeAll(runs: readonly Read[], order: readonly number[]): Promise<Read> {
    const [first, second] = runs;
    if (!first) throw new Error('No runs');
    if (!second) return first;
    const [next = 0, ...rest] = order;
    const at = next % (runs.length - 1);
    const [earlier = first, later = second] = runs.slice(at, at + 2);
    const merging = mergeRuns(earlier.entries, next % 2 === 0 ? later.entries : awaited(later.entries));
    const merged = { head: mergeHeads(earlier.head, later.head), entries: await collect(merging) };
    return mergeAll([...runs.slice(0, at), merged, ...runs.slice(at + 2)], rest);
  }

  it('in any order gives the net run of the whole range', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(place), fc.array(place), async ({ transactions }, cuts, order) => {
        const parts = cut(transactions, cuts).map(compact);
        const runs = parts.map((head) => ({ head, entries: [...runEntries(logged(head))] }));
        const whole = compact(transactions);
        const { head, entries } = await mergeAll(runs, order);
        expect(entries).toStrictEqual([...runEntries(logged(whole))]);
        expect(head).toMatchObject({ lsn: whole.lsn, xid: whole.xid, hlc: whole.hlc });
      }),
      RUNS,
    );
  });

  it('gives the same when a part ends inside a transaction', async () => {
    await fc.assert(
      fc.asyncProperty(history, place, async ({ transactions }, at) => {
        const all = transactions.flatMap((one) => one.changes.map((change) => ({ ...one, changes: [change] })));
        if (all.length < 2) return;
        const [earlier, later] = cut(all, [1 + (at % (all.length - 1))]);
        const merging = mergeRuns(runEntries(logged(compact(earlier ?? []))), runEntries(logged(compact(later ?? []))));
        const net = (entries: Iterable<NetEntry>) => [...entries].filter(({ kind }) => kind !== 'mark');
        expect(net(await collect(merging))).toStrictEqual(net(runEntries(logged(compact(transactions)))));
      }),
    );
  });
});
