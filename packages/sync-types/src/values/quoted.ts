import { ValueError } from './errors.ts';

/**
 * Where a quoted text ends, of an array or of JSON: both escape by a backslash. A loop, because a regular expression
 * runs out of stack where a few million characters are escaped.
 *
 * @param at  of the opening quote
 * @returns   behind the closing one
 * @throws {ValueError} it breaks off
 */
export function endOfQuoted(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) throw new ValueError(`A quoted text breaks off, from character ${at}`, text);
  return end + 1;
}
