import { writeRows } from '../probe/index.ts';
import { summarise, type Bench } from './figure.ts';
import { startProbeWorld } from './probe-world.ts';
import { drainBacklog } from './replicate/drain-backlog.ts';

const TRANSACTIONS = 200_000;
const RUNS = 3;

/** How fast small transactions that have waited in the slot come into the log. */
export const backlog: Bench = async (report) => {
  const world = await startProbeWorld();
  try {
    const samples: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const { seconds } = await drainBacklog(world, `backlog_${run}`, TRANSACTIONS, () =>
        writeRows(world.sql, { first: 1, count: TRANSACTIONS, each: 1 }),
      );
      samples.push(TRANSACTIONS / seconds);
    }
    const conditions = `${TRANSACTIONS} transactions of one row, from the request that wakes the object until all are durable; bare workerd, one machine`;
    const about = { bench: 'backlog', figure: 'transactions drained', unit: 'transactions/s', conditions };
    report(summarise({ ...about, atLeast: 10_000 }, samples));
  } finally {
    await world.close();
  }
};
