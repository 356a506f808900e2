import { lsnFromBigInt, type Lsn } from '@vibestack/sync-types';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogTransaction } from '@vibestack/sync-core';
import { Assembler } from '../assemble/assembler.ts';
import { ForgetfulStorage } from '../testing/forgetful-storage.ts';
import { MEMBER, TASK, begin, commit, insert, schema } from '../testing/messages.ts';
import { decodeBodies } from './bodies.ts';
import { ChangeLog } from './change-log.ts';
import { Compactor } from './compactor.ts';

const LIMITS = { keepRaw: 4_000, window: 3_000, maxRun: 50_000 };
let storage: ForgetfulStorage;
let log: ChangeLog;
let assembler: Assembler;
let compactor: Compactor;

beforeEach(() => {
  storage = new ForgetfulStorage();
  log = new ChangeLog(storage);
  assembler = new Assembler(schema, 750n);
  compactor = new Compactor(log, storage, new Set(['member']), LIMITS);
});

const at = (lsn: number): Lsn => lsnFromBigInt(BigInt(lsn));
const ROWS = 7;

/** Transaction `n` writes its number into one of a few rows. */
const write = (n: number, title = `v${n}`) => {
  const row = [`row${n % ROWS}`, 'a', title];
  const message = n < ROWS ? insert(row) : ({ kind: 'update', relation: TASK, oldKind: null, old: null, row } as const);
  for (const one of [begin(BigInt(n + 1), 700 + n), message, commit(BigInt(n + 1))]) assembler.push(one);
  log.apply(assembler.take(true));
};
const compactAll = async (hold: Lsn | null = null) => {
  let steps = 0;
  while (await compactor.step(hold)) steps++;
  return steps;
};

function read(from: Lsn): LogTransaction[] {
  const bodies: string[] = [];
  let within: number | null = null;
  for (let to = from; ;) {
    const page = log.read(to, 1000, within);
    if (!page) throw new Error('No page');
    bodies.push(...page.bodies);
    ({ to, within } = page);
    if (!page.more) return decodeBodies(bodies);
  }
}
const stateAfter = (from: Lsn, rows = new Map<string, string | null | undefined>()) => {
  for (const { changes, mark } of read(from)) {
    if (!mark) for (const { k, r } of changes) rows.set(k, r['title']);
  }
  return Object.fromEntries([...rows].sort());
};

describe('compaction', () => {
  it('leaves the newest as it is, and of the rest what came of it, for a reader at any place', async () => {
    for (let n = 0; n < 300; n++) write(n);
    const [before, end] = [log.size, log.end];
    expect(await compactAll()).toBeGreaterThan(5);
    expect(log.end).toBe(end);
    expect(log.size.bytes).toBeLessThan(before.bytes / 3);
    expect(log.size.rawBytes).toBeGreaterThanOrEqual(LIMITS.keepRaw);
    const final = Object.fromEntries(
      Array.from({ length: ROWS }, (_, row) => [
        `row${row}`,
        `v${Math.max(...Array.from({ length: 300 }, (_, n) => n).filter((n) => n % ROWS === row))}`,
      ]),
    );
    for (const position of [0, 3, 77, 150, 281, 299]) {
      const known = new Map<string, string>();
      for (let n = 0; n < position; n++) known.set(`row${n % ROWS}`, `v${n}`);
      expect(stateAfter(at(position), known)).toEqual(final);
    }
  });

  it('touches nothing after a hold', async () => {
    for (let n = 0; n < 300; n++) write(n);
    await compactAll(at(100));
    expect(log.runs().every(({ to }) => to <= at(100))).toBe(true);
    expect(log.runs().length).toBeGreaterThan(0);
    expect(read(at(100)).every(({ net }) => !net)).toBe(true);
  });

  it('what a snapshot does not see is told only while it is not compacted', async () => {
    for (let n = 0; n < 300; n++) write(n);
    await compactAll();
    expect(log.read(at(0), 1000, null, { xmin: 702n, until: at(300) })).toBeNull();
    expect(log.read(at(0), 1_000_000, null, { xmin: 995n, until: at(300) })?.bodies.length).toBeGreaterThan(0);
  });

  it('keeps who belonged where as it was', async () => {
    const member = (n: number, kind: 'insert' | 'delete') => {
      const row = ['a', 'ann'];
      assembler.push(begin(BigInt(n + 1), 700 + n));
      assembler.push(
        kind === 'insert'
          ? insert(row, undefined, MEMBER)
          : { kind: 'delete', relation: MEMBER, oldKind: 'full', old: row },
      );
      assembler.push(commit(BigInt(n + 1)));
      log.apply(assembler.take(true));
    };
    for (let n = 0; n < 300; n++) {
      if (n === 20) member(n, 'delete');
      else if (n === 30) member(n, 'insert');
      else write(n);
    }
    await compactAll();
    const marks = log.changesOf(at(0), new Set(['member'])).filter(({ mark }) => mark);
    expect(marks.map(({ lsn, changes }) => [lsn, changes[0]?.o])).toEqual([
      [at(21), 'd'],
      [at(31), 'i'],
    ]);
    expect(log.changesOf(at(25), new Set(['member'])).filter(({ mark }) => mark)).toHaveLength(1);
  });

  it('a segment too large for memory stays as it is, and the rest is compacted around it', async () => {
    for (let n = 0; n < 100; n++) write(n);
    write(100, 'long'.repeat(2000));
    for (let n = 101; n < 300; n++) write(n);
    await compactAll();
    expect(read(at(0)).some(({ lsn, net }) => lsn === at(101) && !net)).toBe(true);
    expect(log.runs().some(({ to }) => to > at(101))).toBe(true);
    expect(log.runs().some(({ to }) => to < at(101))).toBe(true);
  });

  it('that is interrupted leaves the log as it was', async () => {
    for (let n = 0; n < 300; n++) write(n);
    await storage.sync();
    const before = stateAfter(at(0));
    storage.beforeSync = () => {
      throw new Error('crash');
    };
    await expect(compactor.step(null)).rejects.toThrow('crash');
    storage.crash();
    storage.beforeSync = () => undefined;
    log = new ChangeLog(storage);
    log.dropStaged();
    expect(log.runs()).toEqual([]);
    expect(stateAfter(at(0))).toEqual(before);
    const pieces = storage.exec<{ n: number }>('select count(*) as n from piece')[0]?.n;
    expect(pieces).toBe(log.size.segments);
  });

  it('gives way when what it compacts is dropped meanwhile', async () => {
    for (let n = 0; n < 300; n++) write(n);
    const step = compactor.step(null);
    log.retain(6_000);
    await expect(step).rejects.toThrow('not there any more');
    expect(storage.exec<{ n: number }>('select count(*) as n from piece')[0]?.n).toBe(log.size.segments);
    await compactAll();
    expect(stateAfter(at(0))).toHaveProperty('row0');
  });
});
