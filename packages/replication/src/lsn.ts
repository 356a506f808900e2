import { ProtocolError } from './errors.ts';

/**
 * A place in the WAL as the number of its byte.
 *
 * @param text  as Postgres prints it: `16/B374D848` (https://www.postgresql.org/docs/current/datatype-pg-lsn.html)
 * @throws {ProtocolError} not an LSN
 */
export function parseLsn(text: string): bigint {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (!match) throw new ProtocolError(`'${text}' is not an LSN`);
  return (BigInt(`0x${match[1] ?? ''}`) << 32n) | BigInt(`0x${match[2] ?? ''}`);
}

/** As Postgres prints it. */
export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
