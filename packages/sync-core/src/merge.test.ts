import { HLC_ZERO, hlcFromBigInt, type Hlc } from '@vibestack/sync-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe, tick } from './clock.ts';
import { effectiveClock, winningColumns, type RowClock } from './merge.ts';

const hlc = fc.bigInt(0n, 1n << 60n).map(hlcFromBigInt);
const at = (n: number): Hlc => hlcFromBigInt(BigInt(n));

describe('the effective clock of a mutation', () => {
  it('lies after the same client’s previous one', () => {
    fc.assert(
      fc.property(hlc, hlc, hlc, fc.array(hlc), (client, now, previous, stored) => {
        expect(effectiveClock({ client, now, previous, stored }) > previous).toBe(true);
      }),
    );
  });

  it('beats every stored clock that the client had seen, however wrong any wall clock is', () => {
    fc.assert(
      fc.property(hlc, hlc, hlc, fc.array(hlc), (wall, now, previous, stored) => {
        const seen = stored.reduce(observe, HLC_ZERO);
        const client = tick(seen, Number(BigInt(`0x${wall}`) >> 16n));
        const clock = effectiveClock({ client, now, previous, stored });
        for (const one of stored) expect(clock > one).toBe(true);
      }),
    );
  });

  it('is the database’s time where a client’s clock runs ahead', () => {
    expect(effectiveClock({ client: at(900), now: at(100), previous: at(1), stored: [] })).toBe(at(100));
  });

  it('is the client’s own time where it wrote long ago, so that newer writes of others win', () => {
    const clock = effectiveClock({ client: at(50), now: at(100), previous: at(1), stored: [at(80)] });
    expect(clock).toBe(at(50));
  });
});

describe('columns of a patch', () => {
  const stored: RowClock = { base: at(10), columns: { title: at(60) }, deleted: false };

  it('win one by one', () => {
    expect(winningColumns(['title', 'body'], at(50), stored)).toEqual(['body']);
    expect(winningColumns(['title', 'body'], at(61), stored)).toEqual(['title', 'body']);
  });

  it('win where nobody ever clocked the row', () => {
    expect(winningColumns(['title'], at(1), null)).toEqual(['title']);
  });
});
