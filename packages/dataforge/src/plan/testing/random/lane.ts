import { parentPort, workerData } from 'node:worker_threads';
import { Shadow } from '../../index.ts';
import { RealDatabase } from '../database.ts';
import { checkSide } from './check.ts';
import { Mismatch } from './mismatch.ts';
import { makePairs } from './pairs.ts';

/** A thread's share of the pairs: the shadow is a database in this process, and keeps one core busy. */
export interface Lane {
  readonly url: string;
  readonly seed: number;
  /** Of the pairs that it checks; ascending. */
  readonly numbers: readonly number[];
}

/** After so many, the rest would tell nothing new. */
const ENOUGH = 5;

async function run({ url, seed, numbers }: Lane): Promise<string[]> {
  const { changes } = makePairs(seed, numbers.at(-1) ?? 0);
  const bench = {
    shadow: await Shadow.open(),
    real: await RealDatabase.open(url),
    wanted: await RealDatabase.open(url),
  };
  const mismatches: string[] = [];
  for (const change of changes.filter(({ number }) => numbers.includes(number))) {
    for (const side of ['server', 'client'] as const) {
      try {
        await checkSide(bench, change, side);
      } catch (error) {
        if (!(error instanceof Mismatch)) throw new Error(`Pair ${change.number}, ${side}`, { cause: error });
        mismatches.push(error.message);
      }
    }
    if (mismatches.length >= ENOUGH) break;
  }
  await bench.shadow.close();
  await bench.real.close();
  await bench.wanted.close();
  return mismatches;
}

parentPort?.postMessage(await run(workerData as Lane));
