import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLsn, lsnFromBigInt, lsnFromPostgres, lsnToBigInt, lsnToPostgres } from './lsn.ts';

const lsn = fc.bigInt(0n, 0xffff_ffff_ffff_ffffn);

it('an LSN survives every notation', () => {
  fc.assert(
    fc.property(lsn, (value) => {
      const ours = lsnFromBigInt(value);
      expect(isLsn(ours)).toBe(true);
      expect(lsnToBigInt(ours)).toBe(value);
      expect(lsnFromPostgres(lsnToPostgres(ours))).toBe(ours);
    }),
  );
});

it('comparing LSNs as strings compares them as numbers', () => {
  fc.assert(fc.property(lsn, lsn, (a, b) => lsnFromBigInt(a) < lsnFromBigInt(b) === a < b));
});

it('Postgres’s notation is read as Postgres writes it', () => {
  expect(lsnFromPostgres('16/B374D848')).toBe('00000016b374d848');
  expect(lsnToPostgres(lsnFromBigInt(0n))).toBe('0/0');
});

it.each(['', '16', '16/', 'x/1', '1/123456789'])('%j is not an LSN', (text) => {
  expect(() => lsnFromPostgres(text)).toThrow(RangeError);
});

it('a number that needs more than 64 bits is refused', () => {
  expect(() => lsnFromBigInt(1n << 64n)).toThrow(RangeError);
  expect(() => lsnFromBigInt(-1n)).toThrow(RangeError);
});
