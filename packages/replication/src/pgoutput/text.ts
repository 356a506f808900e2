import { DecodeError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Up to this many bytes, ASCII is made by hand. */
const SHORT = 64;
/** For each length, an array of that length to collect character codes in. */
const codesOf: readonly number[][] = Array.from({ length: SHORT + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);

/**
 * UTF-8 from `start` to before `end`.
 *
 * Short values are most of a row. A call of TextDecoder costs as much as 45 characters by hand and allocates a view of
 * the bytes, which is larger than the string; one call of `fromCharCode` allocates the string alone, where `+=` would
 * build a rope.
 *
 * @throws {DecodeError} not UTF-8
 */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > SHORT) return decode(bytes, start, end);
  const codes = codesOf[length] as number[];
  let all = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] as number;
    all |= byte;
    codes[i] = byte;
  }
  return all > 127 ? decode(bytes, start, end) : String.fromCharCode(...codes);
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    throw new DecodeError('A value is not UTF-8', start);
  }
}
