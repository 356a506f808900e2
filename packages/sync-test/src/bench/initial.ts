import * as model from '@repo/schema/client';
import { PGlite } from '@electric-sql/pglite';
import type { Bench } from './figure.ts';
import { median, summarise } from './figure.ts';
import { startWorld, type World } from './world.ts';

const RUNS = 5;

/**
 * How long a new client takes to have 30,000 rows, beside what PGlite alone takes to COPY the same rows with the same
 * tables and indices. Starting PGlite is in neither.
 */
export const initial: Bench = async (report) => {
  const world = await startWorld();
  try {
    const synced: number[] = [];
    const alone: number[] = [];
    let rows = 0;
    for (let run = 0; run <= RUNS; run++) {
      const client = await world.client('Ann Adler');
      await client.until(({ phase }) => phase === 'connecting');
      const began = performance.now();
      await client.until(({ phase, position }) => phase === 'live' && position !== null);
      if (run > 0) synced.push(performance.now() - began);
      const [count] = await client.query<{ n: number }>(
        'select ((select count(*) from task) + (select count(*) from comment) + (select count(*) from member) + (select count(*) from project))::int as n',
      );
      rows = count?.n ?? 0;
      await client.close();
      if (run > 0) alone.push(await copyAlone(world));
    }
    const ceiling = median(alone);
    const conditions = `${rows} rows, in memory under Node, bare workerd, one machine; ceiling: PGlite's own COPY`;
    report(summarise({ bench: 'initial', figure: 'connecting to all rows', unit: 'ms', conditions, ceiling }, synced));
    report(
      summarise(
        { bench: 'initial', figure: 'rows', unit: 'rows/s', conditions },
        synced.map((ms) => (rows / ms) * 1000),
      ),
    );
  } finally {
    await world.close();
  }
};

async function copyAlone(world: World): Promise<number> {
  const db = await PGlite.create();
  for (const { sql } of model.migrations) await db.exec(sql);
  const tables = ['project', 'member', 'task', 'comment'] as const;
  const blobs = new Map<string, Blob>();
  for (const name of tables) {
    const columns = columnsOf(name);
    const readable = await world.sql.unsafe(`copy (select ${columns} from ${name}) to stdout`).readable();
    const chunks: Uint8Array[] = [];
    for await (const chunk of readable) chunks.push(new Uint8Array(chunk as Buffer));
    blobs.set(name, new Blob(chunks as BlobPart[]));
  }
  const began = performance.now();
  await db.transaction(async (tx) => {
    for (const name of tables) {
      const blob = blobs.get(name);
      if (blob) await tx.query(`copy ${name} (${columnsOf(name)}) from '/dev/blob'`, [], { blob });
    }
  });
  const elapsed = performance.now() - began;
  await db.close();
  return elapsed;
}

const columnsOf = (table: string): string =>
  model.schema.tables
    .find(({ name }) => name === table)
    ?.columns.map(({ name }) => name)
    .join(', ') ?? '*';
