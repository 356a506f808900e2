import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PgoutputMessage } from '../pgoutput/messages.ts';
import { Delivery } from './delivery.ts';

const begin = (commit: bigint): PgoutputMessage => ({ kind: 'begin', finalLsn: commit, commitTime: 0n, xid: 1 });
const change: PgoutputMessage = { kind: 'truncate', relations: [], cascade: false, restartIdentity: false };
const commit = (lsn: bigint): PgoutputMessage => ({
  kind: 'commit',
  commitLsn: lsn,
  endLsn: lsn + 10n,
  commitTime: 0n,
});
const say = (lsn: bigint, transactional: boolean): PgoutputMessage => ({
  kind: 'message',
  transactional,
  lsn,
  prefix: '',
  content: new Uint8Array(),
});

/** A transaction, with a logical message before its commit, or a message on its own. */
const output = fc
  .array(fc.boolean(), { maxLength: 12 })
  .map((kinds) =>
    kinds.flatMap((transaction, i) =>
      transaction
        ? [begin(BigInt(100 * i + 99)), change, say(BigInt(100 * i + 50), true), commit(BigInt(100 * i + 99))]
        : [say(BigInt(100 * i + 99), false)],
    ),
  );

const boundaries = (messages: readonly PgoutputMessage[]): number[] => [
  0,
  ...messages.flatMap((message, i) =>
    message.kind === 'commit' || (message.kind === 'message' && !message.transactional) ? [i + 1] : [],
  ),
];

describe('of a slot read again', () => {
  it('each message is taken once, wherever reading stopped and from wherever it begins again', () => {
    fc.assert(
      fc.property(output, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }), (messages, readings) => {
        const delivery = new Delivery();
        const places = boundaries(messages);
        const taken: PgoutputMessage[] = [];
        let reached = 0;
        const read = (from: number, to: number) => {
          taken.push(...messages.slice(from, to).filter((message) => delivery.accept(message)));
          reached = Math.max(reached, to);
        };
        for (const [a, b] of readings) {
          const from = places.filter((place) => place <= reached);
          read(from[a % from.length] ?? 0, places[b % places.length] ?? 0);
        }
        read(reached, messages.length);
        expect(taken).toEqual(messages);
      }),
    );
  });

  it('it is known whether a transaction is half read, also one that is not new', () => {
    const delivery = new Delivery();
    const inside = [begin(5n), change, commit(5n), begin(5n), commit(5n)].map((message) => {
      delivery.accept(message);
      return delivery.inTransaction;
    });
    expect(inside).toEqual([true, true, false, true, false]);
  });
});
