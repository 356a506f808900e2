import { writeRows } from '../../probe/index.ts';
import { median, summarise, type Bench } from '../figure.ts';
import { startProbeWorld, type ProbeWorld } from '../probe-world.ts';
import { drainBacklog } from './drain-backlog.ts';

const ROWS = 300_000;
const EACH = 100;
const RUNS = 3;

/** Row changes a second from the WAL into the durable log: what has waited, and while it is written. */
export const throughput: Bench = async (report) => {
  const world = await startProbeWorld();
  try {
    const waiting: number[] = [];
    const live: number[] = [];
    const written: number[] = [];
    const billed: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const { seconds, status } = await drainBacklog(world, `waiting_${run}`, ROWS, () =>
        writeRows(world.sql, { first: 1, count: ROWS, each: EACH }),
      );
      waiting.push(ROWS / seconds);
      billed.push((status.rowsWritten / status.changes) * 1000);
      const during = await follow(world, `live_${run}`);
      live.push(ROWS / during.seconds);
      written.push(ROWS / during.writing);
      billed.push(during.billed);
    }
    const conditions = `${ROWS} inserts in transactions of ${EACH}; bare workerd, objects on disk, one machine`;
    const about = { bench: 'replicate', conditions };
    report(summarise({ ...about, figure: 'backlog to durable log', unit: 'changes/s', atLeast: 30_000 }, waiting));
    report(
      summarise(
        {
          ...about,
          figure: 'live to durable log',
          unit: 'changes/s',
          atLeast: 30_000,
          ceiling: median(written),
          conditions: `${conditions}; ceiling: what the one writer committed meanwhile, asynchronously`,
        },
        live,
      ),
    );
    report(summarise({ ...about, figure: 'rows billed', unit: 'rows/1000 changes', atMost: 50 }, billed));
  } finally {
    await world.close();
  }
};

/** Writes while the object follows. Seconds from before the first write: until all was durable, and was written. */
async function follow(world: ProbeWorld, slot: string): Promise<{ seconds: number; writing: number; billed: number }> {
  await world.sql`truncate bench`;
  const probe = await world.start(slot);
  try {
    const { rowsWritten: before } = await probe.ready();
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const writing = writeRows(world.sql, { first: 1, count: ROWS, each: EACH }).then(seconds);
    const status = await probe.until((now) => now.changes >= ROWS);
    const all = seconds();
    await probe.release();
    return { seconds: all, writing: await writing, billed: ((status.rowsWritten - before) / ROWS) * 1000 };
  } finally {
    await probe.workerd.kill();
  }
}
