import { lsnFromBigInt } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { begin, block, commit, insert, streamCommit } from '../testing/messages.ts';
import { HistoryDiffersError, Redelivery, type LastLogged } from './redelivery.ts';

const row = insert(['1', 'p', 'x']);
const HLC = 1_700_000_000_000n << 16n;
const last: LastLogged = { lsn: lsnFromBigInt(100n), end: lsnFromBigInt(108n), xid: 700, hlc: HLC };

describe('what a slot delivers again', () => {
  const kept = (redelivery: Redelivery, ...messages: Parameters<Redelivery['accept']>[0][]) =>
    messages.map((message) => redelivery.accept(message)).filter((message) => message !== null);

  it('is left out, and what comes after it is not', () => {
    const redelivery = new Redelivery(last, 50n);
    expect(kept(redelivery, begin(60n, 699), row, commit(60n))).toEqual([]);
    expect(redelivery.isProved).toBe(false);
    expect(kept(redelivery, begin(100n, 700), row, commit(100n))).toEqual([]);
    expect(redelivery.isProved).toBe(true);
    expect(kept(redelivery, begin(120n, 701), row, commit(120n))).toHaveLength(3);
  });

  it('is taken back when it was streamed while it was open', () => {
    const redelivery = new Redelivery(last, 50n);
    const messages = [...block(700, insert(['1', 'p', 'x'], 700)), streamCommit(700, 100n)];
    expect(kept(redelivery, ...messages).at(-1)).toEqual({ kind: 'stream-abort', xid: 700, subxid: 700 });
    expect(redelivery.isProved).toBe(true);
  });

  it.each([
    ['another transaction', begin(120n, 701)],
    ['another one at its place', begin(100n, 640)],
    ['one that committed later', { ...begin(100n, 700), commitTime: 1_800_000_000_000_000n }],
  ])('must be the last of the log: %s in its stead is another history', (_, message) => {
    expect(() => new Redelivery(last, 50n).accept(message)).toThrow(HistoryDiffersError);
  });

  it('must have come when the server is past it', () => {
    const redelivery = new Redelivery(last, 50n);
    redelivery.passed(100n);
    expect(() => {
      redelivery.passed(101n);
    }).toThrow(HistoryDiffersError);
  });

  it('is not waited for when the slot has heard of it, or there is no log', () => {
    for (const redelivery of [new Redelivery(last, 108n), new Redelivery(null, 0n)]) {
      redelivery.passed(500n);
      expect(redelivery.accept(begin(600n, 900))).not.toBeNull();
    }
  });
});
