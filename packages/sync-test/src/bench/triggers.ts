import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from '@repo/schema/seed';
import { migrations } from '@repo/schema/server';
import { migrate } from '@vibestack/dataforge';
import { startPostgres } from '@vibestack/dev-postgres';
import postgres from 'postgres';
import { median, summarise, type Bench } from './figure.ts';

const RUNS = 7;
/** What each run has of the framework's triggers on `task`; the first is the ceiling. */
const SETTINGS = [
  ['no triggers', ['vibestack_clock', 'vibestack_touch']],
  ['clock and updated_at triggers', []],
  ['updated_at trigger alone', ['vibestack_clock']],
] as const;

/** What clocks and `updated_at` cost a bulk UPDATE of whoever writes without the framework. */
export const triggers: Bench = async (report) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vibestack-bench-'));
  const server = await startPostgres({ dataDir });
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
  try {
    await migrate(server.url, migrations);
    await seed(server.url, { size: 'medium' });
    const [counted] = await sql<{ n: number }[]>`select count(*)::int as n from task`;
    const samples = SETTINGS.map((): number[] => []);
    for (let run = 0; run <= RUNS; run++) {
      for (const [i, [, disabled]] of SETTINGS.entries()) {
        const elapsed = await updateAll(sql, disabled);
        if (run > 0) samples[i]?.push(elapsed); // the first of each warms up
      }
    }
    const conditions = `update of one column of ${counted?.n ?? 0} rows in one statement, embedded Postgres`;
    const ceiling = median(samples[0] ?? []);
    for (const [i, [figure]] of SETTINGS.entries()) {
      report(summarise({ bench: 'triggers', figure, unit: 'ms', conditions, ceiling }, samples[i] ?? []));
    }
  } finally {
    await sql.end();
    await server.stop();
    rmSync(dataDir, { recursive: true });
  }
};

async function updateAll(sql: postgres.Sql, disabled: readonly string[]): Promise<number> {
  for (const trigger of disabled) await sql`alter table task disable trigger ${sql(trigger)}`;
  await sql`truncate vibestack.row_clock`;
  await sql`vacuum analyze task`;
  const started = performance.now();
  await sql`update task set position = position + 1`;
  const elapsed = performance.now() - started;
  if (disabled.includes('vibestack_clock')) await sql`alter table task enable always trigger vibestack_clock`;
  if (disabled.includes('vibestack_touch')) await sql`alter table task enable trigger vibestack_touch`;
  return elapsed;
}
