import { Inspector, writeRows, type Probe } from '../../probe/index.ts';
import { summarise, type Bench } from '../figure.ts';
import { peakResident } from '../process.ts';
import { startProbeWorld } from '../probe-world.ts';

const ROWS = 1_000_000;
/** Milliseconds between two looks at the heap. */
const EVERY = 100;
const MB = 1024 * 1024;

/** One transaction of a million rows: how much memory the object has while it passes. */
export const largeTransaction: Bench = async (report) => {
  const world = await startProbeWorld();
  const probe = await world.start('large', { inspector: true, v8Flags: ['--trace-gc'] });
  try {
    await probe.ready();
    const inspector = await Inspector.open(probe.workerd.inspector ?? '');
    const before = await inspector.floor();
    const residentBefore = peakResident(probe.workerd.pid);
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const written = writeRows(world.sql, { first: 1, count: ROWS, each: ROWS }, true).then(seconds);
    const arrived = probe.until(({ changes }) => changes >= ROWS, 500).then(seconds);
    const samples = await inspector.sample(EVERY, arrived);
    const resident = peakResident(probe.workerd.pid);
    const after = await inspector.floor();
    inspector.close();
    const collections = readCollections(probe.workerd.said()); // reading the log back makes garbage of its own
    const rows = await countRows(probe);
    if (rows !== ROWS) throw new Error(`${rows} rows of ${ROWS} are in the log`);
    await probe.release();
    const [commit, end] = [await written, await arrived];
    const conditions = [
      `all ${ROWS} rows are in the log, ${end.toFixed(1)} s after the first was written and ${(end - commit).toFixed(1)} s after COMMIT returned`,
      `heap as V8 tells it before and after each of ${collections.length} collections`,
      `after the last one, asked for: ${mb(after.usedSize)} MB, and ${mb(before.usedSize)} MB at the beginning`,
      `buffers by Runtime.getHeapUsage, ${samples.length} times`,
      `peak RSS of workerd ${resident ?? '?'} MB, ${residentBefore ?? '?'} MB of it before`,
    ].join('; ');
    const about = { bench: 'replicate', unit: 'MB', conditions };
    const peak = (sizes: readonly number[]) => [Math.max(...sizes)];
    const used = collections.map(({ from }) => from);
    const kept = collections.map(({ to }) => to);
    const buffers = samples.map(({ backingStorageSize }) => backingStorageSize / MB);
    report(summarise({ ...about, figure: '1 M rows in a transaction, heap peak', atMost: 48 }, peak(used)));
    report(summarise({ ...about, figure: '1 M rows in a transaction, heap that is in use, peak' }, peak(kept)));
    report(summarise({ ...about, figure: '1 M rows in a transaction, buffers peak' }, peak(buffers)));
  } finally {
    await probe.workerd.kill();
    await world.close();
  }
};

const mb = (bytes: number): string => (bytes / MB).toFixed(1);

/** Megabytes of the heap before and after each collection: between two, it only grows. */
const readCollections = (said: string): { from: number; to: number }[] =>
  [...said.matchAll(/ ([0-9.]+) \([0-9.]+\) -> ([0-9.]+) \([0-9.]+\) MB/g)].map(([, from, to]) => ({
    from: Number(from),
    to: Number(to),
  }));

async function countRows(probe: Probe): Promise<number> {
  let rows = 0;
  for await (const { ids } of probe.log()) rows += ids.length;
  return rows;
}
