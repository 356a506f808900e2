/**
 * Widens a 32-bit transaction id, as the replication stream gives it, to the full 64 bits.
 *
 * @param reference  a full id of about the same time: within 2^31 transactions of the true one
 */
export function widenXid(xid32: number, reference: bigint): bigint {
  const low = BigInt(xid32 >>> 0);
  const candidate = (reference & ~0xffff_ffffn) | low;
  if (candidate - reference > 0x8000_0000n && candidate >= 0x1_0000_0000n) return candidate - 0x1_0000_0000n;
  if (reference - candidate > 0x8000_0000n) return candidate + 0x1_0000_0000n;
  return candidate;
}

/** Which transactions a database snapshot sees (`pg_snapshot`). */
export interface PgSnapshot {
  /** All below are visible, if they committed. */
  readonly xmin: bigint;
  /** None from here on is visible. */
  readonly xmax: bigint;
  /** Those between that were still running. */
  readonly inProgress: ReadonlySet<bigint>;
}

/**
 * @param text  `xmin:xmax:xip,xip…`
 *   (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT)
 * @throws {RangeError} the text is not a snapshot
 */
export function parsePgSnapshot(text: string): PgSnapshot {
  const match = /^(\d+):(\d+):([\d,]*)$/.exec(text);
  if (!match) throw new RangeError(`Not a Postgres snapshot: '${text}'`);
  const [, xmin = '', xmax = '', list = ''] = match;
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    inProgress: new Set(list === '' ? [] : list.split(',').map(BigInt)),
  };
}

/** Whether a snapshot sees a committed transaction. */
export const sees = ({ xmin, xmax, inProgress }: PgSnapshot, xid: bigint): boolean =>
  xid < xmin || (xid < xmax && !inProgress.has(xid));
