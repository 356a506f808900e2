import { baseSketch, type Supply } from './base.ts';
import type { Kind } from './kinds/index.ts';
import { Pair } from './pair.ts';
import { Random } from './random.ts';
import type { Sketch } from './sketch.ts';

export interface Change {
  /** Its number among the pairs of a run. */
  readonly number: number;
  readonly random: Random;
  readonly before: Sketch;
  readonly after: Sketch;
  readonly kinds: readonly Kind[];
}

/**
 * Two models, the second made from the first by up to six changes.
 *
 * @param order  kinds to try, the ones that are most wanted first
 */
export function makePair(number: number, random: Random, order: (random: Random) => readonly Kind[]): Change {
  const pair = new Pair(random, baseSketch(random, supply(random)));
  const wanted = Math.max(random.between(1, 6), random.between(1, 6));
  const kinds: Kind[] = [];
  for (const kind of order(random)) {
    if (kinds.length === wanted) break;
    if (kind.apply(pair)) kinds.push(kind);
  }
  tidy(pair.after);
  return { number, random: new Random(random.below(2 ** 32)), before: pair.before, after: pair.after, kinds };
}

/** Constraints that were there only for references to lean on go with the last of them. */
function tidy({ tables }: Sketch): void {
  const referenced = new Set(tables.flatMap(({ foreignKeys }) => foreignKeys.map((key) => key.referenced.join())));
  for (const table of tables) {
    table.uniques = table.uniques.filter(
      ({ id, columns }) => !id.startsWith('leaned_on') || referenced.has(columns.join()),
    );
  }
}

function supply(random: Random): Supply {
  let count = 0;
  return {
    id: (prefix) => `${prefix}_${count++}`,
    name: () => `${random.pick(['task', 'list', 'topic', 'owner', 'label'])}_${count++}`,
  };
}
