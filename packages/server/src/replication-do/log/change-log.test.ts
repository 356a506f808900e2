import { lsnFromBigInt, scopeKey, type Lsn, type ScopeKey } from '@vibestack/sync-types';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Assembler } from '../assemble/assembler.ts';
import { MEMBER, begin, block, commit, insert, schema, streamCommit } from '../testing/messages.ts';
import { ForgetfulStorage } from '../testing/forgetful-storage.ts';
import type { PgoutputMessage } from '@vibestack/replication';
import { decodeBodies } from './bodies.ts';
import { ChangeLog } from './change-log.ts';

let storage: ForgetfulStorage;
let log: ChangeLog;
let assembler: Assembler;

beforeEach(() => {
  storage = new ForgetfulStorage();
  log = new ChangeLog(storage);
  assembler = new Assembler(schema, 750n);
});

const feed = (...messages: PgoutputMessage[]) => {
  for (const message of messages) assembler.push(message);
  return log.apply(assembler.take(true));
};
const at = (lsn: number): Lsn => lsnFromBigInt(BigInt(lsn));
const ZERO = at(0);

/** Pages until the end, inside segments too. */
function readAll(from: Lsn, limit: number, scopes?: ReadonlySet<ScopeKey>) {
  const bodies: string[] = [];
  let within: number | null = null;
  let pages = 0;
  for (let to = from; ;) {
    const page = log.read(to, limit, within, scopes ? { scopes } : {});
    if (!page) throw new Error('No page');
    pages++;
    bodies.push(...page.bodies);
    ({ to, within } = page);
    if (!page.more) return { to, pages, transactions: decodeBodies(bodies) };
  }
}
const titles = (from: Lsn, limit = 1_000_000) =>
  readAll(from, limit).transactions.flatMap(({ changes }) => changes.map(({ r }) => r['title']));

describe('the change log', () => {
  it('ends with its last segment, and gives what came after a position', () => {
    feed(begin(10n), insert(['1', 'a', 'one']), commit(10n));
    feed(begin(20n), insert(['2', 'a', 'two']), commit(20n));
    expect(log.end).toBe(at(20));
    expect(log.acknowledgeable).toBe(at(28));
    expect(titles(at(10))).toEqual(['two']);
    expect(titles(at(20))).toEqual([]);
  });

  it('of another layout is dropped, with what was recorded of it', () => {
    storage = new ForgetfulStorage();
    storage.exec('create table segment (seq integer primary key, body blob)');
    storage.exec('create table state (name text primary key, value text not null) without rowid');
    storage.exec(`insert into state values ('record', '{}')`);
    log = new ChangeLog(storage);
    expect(log.end).toBe(ZERO);
    expect(storage.exec(`select name from sqlite_master where name = 'state'`)).toEqual([]);
    feed(begin(10n), insert(['1', 'a', 'one']), commit(10n));
    expect(new ChangeLog(storage).end).toBe(at(10));
  });

  it('a commit that is delivered again is not logged again', () => {
    feed(begin(10n), insert(['1', 'a', 'one']), commit(10n));
    expect(feed(begin(10n), insert(['1', 'a', 'one']), commit(10n)).size).toBe(0);
    expect(titles(ZERO)).toEqual(['one']);
  });

  it('a large transaction is staged unseen, read in pages that say where they end, and is one transaction', () => {
    const rows = Array.from({ length: 60 }, (_, i) => insert([String(i), 'a', `${i} ${'y'.repeat(20_000)}`]));
    feed(begin(10n), ...rows);
    expect(readAll(ZERO, 1000).transactions).toEqual([]);
    feed(commit(10n));
    const { pages, transactions, to } = readAll(ZERO, 300_000);
    expect(to).toBe(at(10));
    expect(pages).toBeGreaterThan(2);
    expect(transactions.map(({ changes }) => changes.map(({ k }) => k))).toEqual([rows.map((_, i) => String(i))]);
  });

  it('a row larger than a piece comes back whole', () => {
    const long = 'ü🚀"\n'.repeat(600_000);
    feed(begin(10n), insert(['1', 'a', long]), insert(['2', 'a', 'x']), commit(10n));
    expect(titles(ZERO, 1000)).toEqual([long, 'x']);
  });

  it('staged parts of a transaction whose end never came are forgotten', () => {
    const large = Array.from({ length: 40 }, (_, i) => insert([String(i), 'a', 'y'.repeat(20_000)]));
    feed(begin(10n), ...large);
    log = new ChangeLog(storage);
    log.dropStaged();
    assembler = new Assembler(schema, 750n);
    feed(begin(10n), ...large, commit(10n));
    expect(titles(ZERO)).toHaveLength(40);
    expect(storage.exec<{ n: number }>('select count(distinct id / 2097152) as n from piece')[0]?.n).toBe(1);
  });

  it('what a subtransaction staged and rolled back is gone; what is around it is not', () => {
    const part = (xid: number, count: number, name: string) =>
      Array.from({ length: count }, (_, i) => insert([`${name}${i}`, 'a', name + 'y'.repeat(9_000)], xid));
    feed(...block(701, ...part(701, 20, 'a'), ...part(705, 30, 'gone'), ...part(701, 20, 'b'), ...part(706, 5, 'c')));
    feed({ kind: 'stream-abort', xid: 701, subxid: 705 });
    feed(streamCommit(701, 30n));
    const kinds = titles(ZERO, 1000).map((title) => title?.replace(/y+$/, ''));
    expect(kinds).toEqual(
      ['a', 'b'].flatMap((one) => Array.from({ length: 20 }, () => one)).concat(Array.from({ length: 5 }, () => 'c')),
    );
  });

  it('leaves out segments of other scopes, and stops behind one that may change who belongs where', () => {
    feed(begin(10n), insert(['1', 'a', 'one']), commit(10n));
    feed(begin(20n), insert(['2', 'b', 'two']), commit(20n));
    feed(begin(30n), insert(['b', 'ann'], undefined, MEMBER), commit(30n));
    feed(begin(40n), insert(['3', 'b', 'three']), commit(40n));
    const ofA = new Set([scopeKey('project', 'a')]);
    const page = log.read(ZERO, 1_000_000, null, { scopes: ofA });
    expect(page).toMatchObject({ to: at(30), more: true });
    expect(decodeBodies(page?.bodies ?? []).map(({ lsn }) => lsn)).toEqual([at(10), at(30)]);
    expect(log.read(at(30), 1_000_000, null, { scopes: ofA })).toEqual({
      to: at(40),
      bodies: [],
      more: false,
      within: null,
    });
  });

  it('tells the changes of some tables, by transaction', () => {
    feed(begin(10n), insert(['1', 'a', 'one']), insert(['a', 'bob'], undefined, MEMBER), commit(10n));
    feed(begin(20n), insert(['2', 'b', 'two']), commit(20n));
    expect(log.changesOf(ZERO, new Set(['member'])).map(({ lsn, changes }) => [lsn, changes.length])).toEqual([
      [at(10), 1],
    ]);
    expect(log.changesOf(at(10), new Set(['member']))).toEqual([]);
  });

  it('retention drops the oldest, says up to where, and never the newest', () => {
    for (let i = 1; i <= 10; i++)
      feed(begin(BigInt(i), 700 + i), insert([String(i), 'a', 'z'.repeat(1000)]), commit(BigInt(i)));
    const floor = log.retain(3500);
    expect(floor).toEqual({ lsn: at(7), xid: 707n });
    expect(titles(ZERO)).toHaveLength(3);
    expect(log.retain(1)?.lsn).toBe(at(9));
    expect(log.retain(1)).toBeNull();
  });

  it('after the loss of the machine it ends where it was synced', async () => {
    feed(begin(10n), insert(['1', 'a', 'one']), commit(10n));
    await storage.sync();
    feed(begin(20n), insert(['2', 'a', 'two']), commit(20n));
    storage.crash();
    log = new ChangeLog(storage);
    expect(log.end).toBe(at(10));
    expect(titles(ZERO)).toEqual(['one']);
  });

  it('gives every transaction once, in any pages, from any position', () => {
    const sizes = fc.array(fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 400_000 }), fc.nat(), (transactions, limit, start) => {
        storage = new ForgetfulStorage();
        log = new ChangeLog(storage);
        assembler = new Assembler(schema, 750n);
        transactions.forEach((rows, t) => {
          feed(
            begin(BigInt(t + 1)),
            ...rows.map((size, i) => insert([`${t}.${i}`, 'a', 'q'.repeat(size)])),
            commit(BigInt(t + 1)),
          );
        });
        const from = start % (transactions.length + 1);
        const keys = readAll(at(from), limit).transactions.map(({ changes }) => changes.map(({ k }) => k));
        expect(keys).toEqual(transactions.slice(from).map((rows, t) => rows.map((_, i) => `${t + from}.${i}`)));
        storage.close();
      }),
      { numRuns: 30 },
    );
  });
});
