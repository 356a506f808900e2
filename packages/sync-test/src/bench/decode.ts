import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from '@vibestack/replication/node';
import { drainDecoded, writeRows } from '../probe/index.ts';
import { median, summarise, type Bench } from './figure.ts';
import { cpuSeconds } from './process.ts';
import { startProbeWorld, type ProbeWorld } from './probe-world.ts';

const ROWS = 300_000;
const RUNS = 5;
const PUBLICATION = 'vibestack';

type Way = 'raw' | 'decode' | 'paced raw' | 'paced decode' | 'node' | 'recvlogical';
/** Milliseconds between two reads, where they are paced. */
const PAUSE = 5;

/** Reads the same changes from one slot in several ways: cut into messages, decoded, and by Postgres's own client. */
export const decode: Bench = async (report) => {
  const world = await startProbeWorld();
  const { sql } = world;
  const probe = await world.start('decode');
  try {
    await sql.unsafe(`create publication ${PUBLICATION} for table bench`);
    await sql`select pg_create_logical_replication_slot('waiting', 'pgoutput')`;
    await writeRows(sql, { first: 1, count: ROWS, each: 100 });
    const [last] = await sql<{ end: string }[]>`select pg_current_wal_insert_lsn()::text as end`;
    const read: Record<Way, (slot: string) => Promise<unknown>> = {
      raw: (slot) => probe.drain('raw', slot, ROWS),
      decode: (slot) => probe.drain('decode', slot, ROWS),
      'paced raw': (slot) => probe.drain('raw', slot, ROWS, PAUSE),
      'paced decode': (slot) => probe.drain('decode', slot, ROWS, PAUSE),
      node: (slot) => drainDecoded(connect, { url: world.databaseUrl, slot, publication: PUBLICATION, count: ROWS }),
      recvlogical: (slot) => recvlogical(world.databaseUrl, slot, last?.end ?? ''),
    };
    const ways: Way[] = [
      'raw',
      'decode',
      'paced raw',
      'paced decode',
      'node',
      ...((await hasRecvlogical()) ? (['recvlogical'] as const) : []),
    ];
    const rates = new Map(ways.map((way) => [way, [] as number[]]));
    const costs = new Map(ways.map((way) => [way, [] as number[]]));
    for (let run = 0; run <= RUNS; run++) {
      for (const way of run % 2 === 0 ? ways : ways.toReversed()) {
        const before = cpuSeconds(probe.workerd.pid);
        const rate = (ROWS / (await timed(world, read[way]))) * 1000;
        const after = cpuSeconds(probe.workerd.pid);
        if (run === 0) continue; // the first of each warms up
        rates.get(way)?.push(rate);
        if (before !== null && after !== null) costs.get(way)?.push(((after - before) / ROWS) * 1e6);
      }
    }
    const of = (way: Way) => rates.get(way) ?? [];
    const ratios = (over: Way, under: Way) => of(over).map((rate, run) => rate / (of(under)[run] ?? NaN));
    const conditions = `${ROWS} inserts of 6 columns in transactions of 100, decoded by the server anew each time; bare workerd, one machine`;
    const about = { bench: 'decode', unit: 'rows/s', conditions };
    const ceiling = median(of('raw'));
    report(summarise({ ...about, figure: 'messages cut, not decoded' }, of('raw')));
    report(summarise({ ...about, figure: 'decoded to records', ceiling }, of('decode')));
    report(summarise({ ...about, figure: 'decoded to records, in Node' }, of('node')));
    const ratio = { bench: 'decode', unit: 'ratio', conditions: `${conditions}; ratio of neighbouring runs` };
    report(summarise({ ...ratio, figure: 'decoded against cut', atLeast: 0.8 }, ratios('decode', 'raw')));
    for (const [way, cut, figure] of [
      ['decode', 'raw', 'CPU to decode'],
      ['paced decode', 'paced raw', 'CPU to decode, paced reads'],
    ] as const) {
      const samples = costs.get(way) ?? [];
      if (samples.length === 0) continue;
      const cost = {
        bench: 'decode',
        unit: 'µs/row',
        conditions: `CPU time of workerd; ceiling: messages cut only; paced: ${PAUSE} ms between two reads of the socket`,
      };
      report(summarise({ ...cost, figure, ceiling: median(costs.get(cut) ?? []) }, samples));
    }
    if (!ways.includes('recvlogical')) return;
    report(summarise({ ...about, figure: 'pg_recvlogical to /dev/null' }, of('recvlogical')));
    const figure = 'decoded against pg_recvlogical';
    report(summarise({ ...ratio, figure, atLeast: 1 }, ratios('decode', 'recvlogical')));
  } finally {
    await probe.workerd.kill();
    await world.close();
  }
};

/** @returns milliseconds, from the connection to the last change; on a copy of the slot, for some move theirs */
async function timed({ sql }: ProbeWorld, read: (slot: string) => Promise<unknown>): Promise<number> {
  await sql`select pg_copy_logical_replication_slot('waiting', 'copy')`;
  const began = performance.now();
  await read('copy');
  const elapsed = performance.now() - began;
  await sql`select pg_terminate_backend(active_pid, 10000) from pg_replication_slots
            where slot_name = 'copy' and active_pid is not null`;
  await sql`select pg_drop_replication_slot('copy')`;
  return elapsed;
}

const hasRecvlogical = (): Promise<boolean> =>
  run('pg_recvlogical', ['--version']).then(
    () => true,
    () => false,
  );

function recvlogical(databaseUrl: string, slot: string, end: string): Promise<void> {
  const options = ['proto_version=2', `publication_names="${PUBLICATION}"`, 'messages=true', 'streaming=on'].flatMap(
    (option) => ['-o', option],
  );
  return run('pg_recvlogical', [
    ...['--dbname', databaseUrl, '--slot', slot, '--start', '--no-loop', '--endpos', end, '-f', '/dev/null'],
    ...options,
  ]);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
}
