import { exactJson } from './exact-json.ts';

/**
 * Keeps the identity of rows that did not change, so that whoever compares by reference renders only what did.
 *
 * @returns the previous array itself when nothing changed
 */
export function reuseRows<T>(previous: readonly T[], next: readonly T[]): readonly T[] {
  const known = new Map(previous.map((row) => [exactJson(row), row]));
  let same = previous.length === next.length;
  const rows = next.map((row, i) => {
    const kept = known.get(exactJson(row)) ?? row;
    if (kept !== previous[i]) same = false;
    return kept;
  });
  return same ? previous : rows;
}
