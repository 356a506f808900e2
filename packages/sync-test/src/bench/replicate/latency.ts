import { median, summarise, type Bench } from '../figure.ts';
import { startProbeWorld } from '../probe-world.ts';

const RUNS = 300;
const WARM_UP = 50;

/** From COMMIT returned to the notification of a SyncDO, as a socket to it tells. */
export const latency: Bench = async (report) => {
  const world = await startProbeWorld();
  const { sql } = world;
  const probe = await world.start('latency');
  try {
    await probe.ready();
    const socket = await probe.socket();
    let heard = Promise.withResolvers<number>();
    socket.addEventListener('message', () => {
      heard.resolve(performance.now());
    });
    const samples: number[] = [];
    const trips: number[] = [];
    for (let run = 0; run < RUNS + WARM_UP; run++) {
      heard = Promise.withResolvers();
      const sent = performance.now();
      socket.send('echo');
      const trip = (await heard.promise) - sent;
      heard = Promise.withResolvers();
      await sql`insert into bench select * from bench_rows(${run}, ${run})`;
      const committed = performance.now();
      const elapsed = (await heard.promise) - committed;
      if (run < WARM_UP) continue;
      trips.push(trip);
      samples.push(Math.max(0, elapsed)); // heard before the answer to COMMIT was read
    }
    socket.close();
    await probe.release();
    const about = {
      bench: 'replicate',
      unit: 'ms',
      conditions: 'commits of one row, one after the other; bare workerd, one machine',
    };
    const ceiling = median(trips);
    report(
      summarise(
        {
          ...about,
          figure: 'commit to SyncDO notified',
          atMost: 5,
          ceiling,
          conditions: `${about.conditions}; seen through a socket, whose round trip is the ceiling and is in the value by half`,
        },
        samples,
      ),
    );
  } finally {
    await probe.workerd.kill();
    await world.close();
  }
};
