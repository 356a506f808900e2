import type { Problem } from '../errors.ts';
import { partsOf, unwrittenEdges } from './parts.ts';
import type { Edge, Source } from './source.ts';
import { unsayable } from './unsayable.ts';

export interface Losses {
  /** Keys of what cannot be pulled. */
  readonly lost: ReadonlySet<string>;
  /** Each once, with what to do. */
  readonly problems: readonly Problem[];
}

/** What cannot be said, and everything that leans on it: a view of a column that is lost is lost, and so on. */
export function findLosses({ catalog, edges, findings }: Source): Losses {
  const parts = partsOf(catalog);
  const within = [...parts].flatMap(([from, to]) => (to === null ? [] : [{ from, to }]));
  const surveyed = new Map(
    findings.flatMap(({ loses, problem }) => (loses === null ? [] : [[loses, problem] as const])),
  );
  const seeds = new Map([...unsayable(catalog, edges), ...surveyed]);
  const reasons = spread(seeds, [...edges.filter(isNeeded), ...within, ...unwrittenEdges(catalog, edges)]);

  const inWords = (key: string) =>
    key
      .replace(/^other /, '')
      .replace(/^relation (?=(.*))/s, (_, name: string) => (name in catalog.views ? 'view ' : 'table '));
  /** What goes with the whole that it is part of needs no words of its own. */
  const goesAlong = (key: string, wholes: { has(key: string): boolean }): boolean => wholes.has(parts.get(key) ?? '');
  const own = [...seeds].filter(([key]) => parts.has(key) && !surveyed.has(key) && !goesAlong(key, seeds));
  const derived = [...reasons].filter(([key]) => parts.has(key) && !seeds.has(key) && !goesAlong(key, reasons));
  return {
    lost: new Set(reasons.keys()),
    problems: [
      ...findings.map(({ problem }) => problem),
      ...own.map(([, problem]) => problem),
      ...derived.map(([key, { cause, problem }]) => ({
        code: 'needs_what_is_lost',
        message: `Without ${inWords(cause)} there is no ${inWords(key)}.`,
        fix: problem.fix,
      })),
    ],
  };
}

/** A column can be had without its collation. */
const isNeeded = ({ from, to }: Edge): boolean => !from.startsWith('column ') || !to.startsWith('other collation ');

interface Reason {
  /** The part next to it that it leans on. */
  readonly cause: string;
  /** Of the first cause. */
  readonly problem: Problem;
}

function spread(seeds: ReadonlyMap<string, Problem>, edges: readonly Edge[]): Map<string, Reason> {
  const dependents = Map.groupBy(edges, ({ to }) => to);
  const reasons = new Map<string, Reason>([...seeds].map(([key, problem]) => [key, { cause: key, problem }]));
  // A map gives what is added to it while it is walked through.
  for (const [key, { problem }] of reasons) {
    for (const { from } of dependents.get(key) ?? []) {
      if (!reasons.has(from)) reasons.set(from, { cause: key, problem });
    }
  }
  return reasons;
}
