import { ValueError } from './errors.ts';

/** Refuses what UTF-8 cannot carry: an encoder would write U+FFFD in its place, and say nothing. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw new ValueError('A text with half of a surrogate pair cannot be stored: take the lone surrogate out.', text);
}

/**
 * What Postgres is to read for a value that is not JSON. It decides whether the text suits the type; here only those
 * are refused that would get there as something else, as an object does: `[object Object]` is a good text.
 *
 * @throws {ValueError}
 */
export function printScalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return wellFormed(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value instanceof Date) return value.toISOString();
      throw new ValueError('An object is a value of json and jsonb only: pass a string, number or boolean.', value);
  }
}

/** `\x…`, also from bytes. */
export function printBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) return printScalar(value);
  return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** `t` is what Postgres sends, `true` what a cast to text gives. */
export const parseBoolean = (text: string): boolean => text === 't' || text === 'true';
