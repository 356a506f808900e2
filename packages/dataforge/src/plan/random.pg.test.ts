import { Worker } from 'node:worker_threads';
import { expect, inject, it } from 'vitest';
import type { Lane } from './testing/random/lane.ts';
import { makePairs } from './testing/random/pairs.ts';

/** PLAN_SEED and PLAN_PAIRS give other pairs, or more; PLAN_PAIR checks one of them alone. */
const SEED = Number(process.env.PLAN_SEED ?? 1);
const PAIRS = Number(process.env.PLAN_PAIRS ?? 500);
const ONLY = process.env.PLAN_PAIR;
/** How often each kind of change has to occur among 500 pairs. */
const EACH = 20;
const LANES = 2;
/** About two minutes on two cores; machines that do other things as well take longer. */
const TIMEOUT = 900_000;

it(
  'a random change of a random model leads to the wanted schema, and leaves rows as they should be',
  async () => {
    const { counts } = makePairs(SEED, PAIRS);
    const numbers = ONLY === undefined ? Array.from({ length: PAIRS }, (_, i) => i + 1) : [Number(ONLY)];
    const url = inject('postgresUrl');
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      check({ url, seed: SEED, numbers: numbers.filter((number) => number % LANES === lane) }),
    );
    const mismatches = (await Promise.all(lanes)).flat();
    console.log(`Seed ${SEED}, ${numbers.length} pairs. Changes:\n${table(counts)}`);
    expect(mismatches.join('\n\n')).toBe('');
    if (PAIRS >= 500) expect([...counts].filter(([, count]) => count < EACH)).toEqual([]);
  },
  TIMEOUT,
);

const check = (lane: Lane): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('testing/random/lane.ts', import.meta.url), { workerData: lane });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

/** Kinds of change and how often each occurred, the rarest first. */
const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => a - b)
    .map(([name, count]) => `${String(count).padStart(4)}  ${name}`)
    .join('\n');
