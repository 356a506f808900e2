import type { Bench } from './figure.ts';
import { summarise } from './figure.ts';
import { startWorld } from './world.ts';

const RUNS = 200;
const WARM_UP = 20;

/** How long a committed row takes into another client's live query: COMMIT has returned → callback with the row. */
export const live: Bench = async (report) => {
  const world = await startWorld();
  try {
    const client = await world.client('Ann Adler');
    await client.until(({ phase }) => phase === 'live');
    const [task] = await world.sql<{ id: string }[]>`select id from task limit 1`;
    const id = task?.id ?? '';
    let seen: (title: string) => void = () => undefined;
    client.live<{ title: string }>('select title from task where id = $1', [id], ([row]) => {
      seen(row?.title ?? '');
    });
    const samples: number[] = [];
    for (let run = 0; run < RUNS + WARM_UP; run++) {
      const title = `run ${run}`;
      const arrived = new Promise<number>((resolve) => {
        seen = (shown) => {
          if (shown === title) resolve(performance.now());
        };
      });
      await world.sql`update task set title = ${title} where id = ${id}`;
      const committed = performance.now();
      const elapsed = (await arrived) - committed;
      if (run >= WARM_UP) samples.push(Math.max(0, elapsed));
    }
    const conditions = '30,000 rows, one client in memory under Node, bare workerd, one machine';
    report(summarise({ bench: 'live', figure: 'commit to row in a client', unit: 'ms', conditions }, samples));
  } finally {
    await world.close();
  }
};
