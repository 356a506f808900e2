/**
 * A Postgres log sequence number as 16 lower-case hex digits.
 *
 * Fixed width, so that comparing two as strings compares them as numbers: in TypeScript, in SQLite and in Postgres
 * alike. Postgres's own notation (`16/B374D848`) appears only where we talk to Postgres.
 */
export type Lsn = string & { readonly __brand: 'Lsn' };

/** Names one stretch of proved continuity of the server's history; LSNs of different epochs do not compare. */
export type Epoch = string & { readonly __brand: 'Epoch' };

/** A place in the server's history: the commit LSN of the last transaction applied whole, within one epoch. */
export interface Position {
  readonly epoch: Epoch;
  readonly lsn: Lsn;
}

const HEX16 = /^[0-9a-f]{16}$/;
const POSTGRES = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/;

/** The LSN before all others. */
export const LSN_ZERO = '0000000000000000' as Lsn;

/** Whether a string is an LSN in our notation. */
export const isLsn = (text: string): text is Lsn => HEX16.test(text);

/** @throws {RangeError} the value does not fit 64 unsigned bits */
export function lsnFromBigInt(value: bigint): Lsn {
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new RangeError(`Not a 64-bit LSN: ${value}`);
  return value.toString(16).padStart(16, '0') as Lsn;
}

export const lsnToBigInt = (lsn: Lsn): bigint => BigInt(`0x${lsn}`);

/**
 * @param text  Postgres's notation, such as `16/B374D848` (https://www.postgresql.org/docs/current/datatype-pg-lsn.html)
 * @throws {RangeError} the text is not an LSN
 */
export function lsnFromPostgres(text: string): Lsn {
  const match = POSTGRES.exec(text);
  if (!match?.[1] || !match[2]) throw new RangeError(`Not a Postgres LSN: '${text}'`);
  return (match[1].padStart(8, '0') + match[2].padStart(8, '0')).toLowerCase() as Lsn;
}

export function lsnToPostgres(lsn: Lsn): string {
  const half = (hex: string) => hex.replace(/^0+(?=.)/, '').toUpperCase();
  return `${half(lsn.slice(0, 8))}/${half(lsn.slice(8))}`;
}
