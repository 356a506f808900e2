import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePgSnapshot, sees, widenXid } from './xid.ts';

it('a transaction id is widened to the one nearest to the reference, over wraparound too', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n << 33n, 1n << 62n),
      fc.bigInt(-(1n << 31n) + 1n, (1n << 31n) - 1n),
      (reference, distance) => {
        const xid = reference + distance;
        expect(widenXid(Number(xid & 0xffff_ffffn), reference)).toBe(xid);
      },
    ),
  );
});

it('before the first wraparound ids are what they are', () => {
  expect(widenXid(700, 750n)).toBe(700n);
});

it('a snapshot sees what committed before it and not what was running', () => {
  const snapshot = parsePgSnapshot('10:20:12,15');
  expect([9n, 10n, 11n, 12n, 15n, 19n, 20n].map((xid) => sees(snapshot, xid))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(parsePgSnapshot('10:10:').inProgress.size).toBe(0);
});

it('anything else is not a snapshot', () => {
  expect(() => parsePgSnapshot('10:20')).toThrow(RangeError);
});
