import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from './errors.ts';
import { formatLsn, parseLsn } from './lsn.ts';

describe('an LSN', () => {
  it('is read and printed as Postgres does', () => {
    expect(parseLsn('16/B374D848')).toBe(0x16_b374_d848n);
    expect(parseLsn('0/0')).toBe(0n);
    expect(formatLsn(0x1_0000_000an)).toBe('1/A');
  });

  it('comes back the same from its text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), (lsn) => {
        expect(parseLsn(formatLsn(lsn))).toBe(lsn);
      }),
    );
  });

  it.each(['', '1', '1/', '/1', '1/2/3', '1/123456789', 'x/1', ' 1/1', '-1/1'])('is not %j', (text) => {
    expect(() => parseLsn(text)).toThrow(ProtocolError);
  });
});
