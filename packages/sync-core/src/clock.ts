import { hlcFromBigInt, hlcFromMillis, hlcToBigInt, type Hlc } from '@vibestack/sync-types';

/**
 * The clock of a new local event: now, or just after everything seen so far, however slow our own clock is.
 *
 * @param nowMillis  Unix milliseconds
 */
export function tick(clock: Hlc, nowMillis: number): Hlc {
  const now = hlcFromMillis(nowMillis);
  return now > clock ? now : hlcFromBigInt(hlcToBigInt(clock) + 1n);
}

/** The clock after an event of somebody else was seen: what is written next lies after it. */
export const observe = (clock: Hlc, seen: Hlc): Hlc => (seen > clock ? seen : clock);
