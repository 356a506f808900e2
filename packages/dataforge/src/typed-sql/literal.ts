import { pieces } from '@vibestack/sync-types/query';

/** What `"name!"` and `"name?"` say of the columns of that name: `?` that they may be null, `!` that they are not. */
export function marksOf(literal: string): ReadonlyMap<string, '!' | '?'> {
  const marks = new Map<string, '!' | '?'>();
  for (const { token } of pieces(literal)) {
    if (token.kind === 'marked') marks.set(token.name.replaceAll('""', '"'), token.mark);
  }
  return marks;
}

/**
 * Finds in the literal what Postgres points at in the text that was made of it.
 *
 * @param position  a character of the text, counted from 1, as Postgres counts: code points
 * @returns line and column of the literal, both counted from 1
 */
export function placeInLiteral(literal: string, position: number): { line: number; column: number } {
  let before = position - 1;
  let at = literal.length;
  for (const { token, text } of pieces(literal)) {
    const characters = Array.from(text);
    if (before < characters.length) {
      // Of a parameter or a mark, the beginning: within, the two differ.
      at = token.at + (token.kind === 'plain' ? characters.slice(0, before).join('').length : 0);
      break;
    }
    before -= characters.length;
  }
  const lines = literal.slice(0, at).split('\n');
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 };
}
