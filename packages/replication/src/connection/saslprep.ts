import { isLeftToRight, isProhibited, isRightToLeft } from './stringprep-tables.ts';

/** RFC 3454, table C.1.2: spaces other than ASCII's. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
/** RFC 3454, table B.1: what is commonly mapped to nothing, such as the soft hyphen. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/**
 * Prepares a password as Postgres did when it stored it (RFC 4013; `pg_saslprep` in the server's `saslprep.c`).
 *
 * What the RFC would refuse is taken as it is: an unassigned or prohibited character, letters of both directions, nothing
 * left. Postgres looks for those before normalisation, against the RFC, and the server's mind is the one that counts.
 */
export function saslprep(password: string): string {
  const mapped = password.replace(SPACES, ' ').replace(NOTHING, '');
  const codePoints = Array.from(mapped, (character) => character.codePointAt(0) ?? 0);
  if (codePoints.length === 0 || codePoints.some(isProhibited) || mixesDirections(codePoints)) return password;
  return mapped.normalize('NFKC');
}

/** RFC 3454, section 6. */
function mixesDirections(codePoints: readonly number[]): boolean {
  if (!codePoints.some(isRightToLeft)) return false;
  const ends = [codePoints.at(0) ?? 0, codePoints.at(-1) ?? 0];
  return codePoints.some(isLeftToRight) || !ends.every(isRightToLeft);
}
