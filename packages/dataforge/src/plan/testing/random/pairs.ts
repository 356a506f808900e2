import { KINDS, type Kind } from './kinds/index.ts';
import { makePair, type Change } from './make-pair.ts';
import { Random } from './random.ts';

export interface Pairs {
  readonly changes: readonly Change[];
  /** How often each kind occurs. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Pairs of models, numbered from 1 on. What has been rare so far is tried first, so each depends on those before. */
export function makePairs(seed: number, count: number): Pairs {
  const counts = new Map(KINDS.map(({ name }) => [name, 0]));
  const changes: Change[] = [];
  for (let number = 1; number <= count; number++) {
    const change = makePair(number, new Random(seed * 100_003 + number), (random) => rarestFirst(random, counts));
    for (const { name } of change.kinds) counts.set(name, (counts.get(name) ?? 0) + 1);
    changes.push(change);
  }
  return { changes, counts };
}

/** How much luck counts against rarity: enough for all kinds to meet each other. */
const LUCK = 8;

function rarestFirst(random: Random, counts: ReadonlyMap<string, number>): Kind[] {
  return KINDS.map((kind) => ({ kind, rank: (counts.get(kind.name) ?? 0) + random.next() * LUCK }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ kind }) => kind);
}
