/**
 * A hybrid logical clock as 16 lower-case hex digits: 48 bits of Unix milliseconds, 16 bits of counter.
 *
 * Comparing two as strings compares them in time (Kulkarni et al., "Logical Physical Clocks", 2014).
 */
export type Hlc = string & { readonly __brand: 'Hlc' };

const HEX16 = /^[0-9a-f]{16}$/;

/** The clock of a column that nobody ever clocked: older than anything. */
export const HLC_ZERO = '0000000000000000' as Hlc;

/** The highest clock that still fits a signed 64-bit integer, which is how Postgres stores it. */
const HLC_MAX = 0x7fff_ffff_ffff_ffffn;

export const isHlc = (text: string): text is Hlc => HEX16.test(text) && hlcToBigInt(text as Hlc) <= HLC_MAX;

/** @throws {RangeError} the value is negative or beyond 63 bits */
export function hlcFromBigInt(value: bigint): Hlc {
  if (value < 0n || value > HLC_MAX) throw new RangeError(`Not a hybrid logical clock: ${value}`);
  return value.toString(16).padStart(16, '0') as Hlc;
}

export const hlcToBigInt = (hlc: Hlc): bigint => BigInt(`0x${hlc}`);

/** @param millis  Unix milliseconds */
export const hlcFromMillis = (millis: number): Hlc => hlcFromBigInt(BigInt(Math.max(0, Math.trunc(millis))) << 16n);
