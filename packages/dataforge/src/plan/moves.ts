import { compare } from './step.ts';

/** What becomes of named things with definitions: constraints, or indices, of one table. */
export interface Moves<T> {
  readonly renamed: readonly (readonly [old: string, now: string])[];
  readonly removed: readonly (readonly [name: string, entry: T])[];
  readonly added: readonly (readonly [name: string, entry: T])[];
  /** Those among the added that are what they were before: rows that fitted fit again. */
  readonly remade: ReadonlySet<string>;
}

/**
 * What has the same definition under another name is renamed, even where names are swapped; all else that differs goes
 * and comes.
 *
 * @param mustGo  what has to be taken down although it is the same before and after
 */
export function moves<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  identify: (entry: T) => string,
  mustGo: (name: string) => boolean,
): Moves<T> {
  const { removed, added, kept } = compare(before, after);
  const changed = kept.filter(([, old, now]) => identify(old) !== identify(now));
  const remade = kept.filter(([name, old, now]) => identify(old) === identify(now) && mustGo(name));
  const coming = [...added, ...changed.map(([name, , now]) => [name, now] as const)];
  const renamed: (readonly [string, string])[] = [];
  const going = [...removed, ...changed.map(([name, old]) => [name, old] as const)].filter(([old, entry]) => {
    const at = mustGo(old) ? -1 : coming.findIndex(([, candidate]) => identify(candidate) === identify(entry));
    const [match] = at < 0 ? [] : coming.splice(at, 1);
    if (match) renamed.push([old, match[0]]);
    return !match;
  });
  return {
    renamed,
    removed: [...going, ...remade.map(([name, old]) => [name, old] as const)],
    added: [...coming, ...remade.map(([name, , now]) => [name, now] as const)],
    remade: new Set(remade.map(([name]) => name)),
  };
}
