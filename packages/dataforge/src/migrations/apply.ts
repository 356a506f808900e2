import postgres from 'postgres';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { ForgeError } from '../errors.ts';

/** The advisory lock under which one deployer at a time migrates ('vibe' in ASCII). */
const LOCK = 0x76696265;

export interface MigrateReport {
  /** Versions that were applied now. */
  readonly applied: readonly number[];
  readonly version: number;
}

export interface MigrateOptions {
  /** Risks that were said yes to, whatever the size of the table. */
  readonly allow?: readonly string[];
}

/** Rows from which on a scan or a rewrite is noticed by people. */
const LARGE = 100_000;
/** Waiting for a lock makes everybody behind wait too: better to give up soon and come back. */
const LOCK_TIMEOUT = '3s';
const TRIES = 6;

/**
 * Brings a database to the newest version, each migration whole or not at all, in a transaction of its own. One
 * deployer at a time: another one waits.
 *
 * @throws {ForgeError} `migration_changed`: an applied migration is not what the code has; `database_newer`;
 *   `large_table`: a step would make people wait; `migration_failed`: Postgres refuses it; `locked`
 */
export async function migrate(
  url: string,
  migrations: readonly EmittedMigration[],
  { allow = [] }: MigrateOptions = {},
): Promise<MigrateReport> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    const applied: number[] = [];
    for (const migration of await outstanding(sql, migrations)) {
      await refuseLarge(sql, migration, allow);
      await applyOne(sql, migration);
      applied.push(migration.version);
    }
    return { applied, version: migrations.at(-1)?.version ?? 0 };
  } finally {
    await sql.end();
  }
}

async function applyOne(sql: postgres.Sql, { version, name, hash, sql: script }: EmittedMigration): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await sql.begin(async (tx) => {
        await tx.unsafe(`set local lock_timeout = '${LOCK_TIMEOUT}'; set local search_path to public;
          set local check_function_bodies = off`);
        await tx.unsafe(script);
        await tx`insert into vibestack.migration (version, name, hash) values (${version}, ${name}, ${hash})`;
      });
      return;
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      if (error.code === '55P03' && tries < TRIES) {
        await new Promise((wait) => setTimeout(wait, 200 * 2 ** tries * (0.5 + Math.random())));
        continue;
      }
      const where = `Migration ${version} (${name})`;
      if (error.code === '55P03') {
        const fix = 'End what holds the lock (pg_stat_activity, pg_locks), or come back in a quieter hour.';
        throw new ForgeError('locked', `${where} did not get its locks in ${TRIES} tries.`, fix);
      }
      const said = [error.message, error.detail].filter(Boolean).join(' ');
      throw new ForgeError(
        'migration_failed',
        `${where} was refused, and nothing of it is done: ${said}`,
        'Mend the rows that it names, then run it again.',
      );
    }
  }
}

async function refuseLarge(sql: postgres.Sql, migration: EmittedMigration, allow: readonly string[]): Promise<void> {
  for (const { risk, table, why } of migration.risks) {
    if (!['blocking', 'rewrite', 'data'].includes(risk) || allow.includes(risk)) continue;
    const [known] = await sql<{ rows: number }[]>`
      select reltuples::float8 as rows from pg_class where oid = to_regclass(${table})`;
    const rows = Math.round(known?.rows ?? 0);
    if (rows <= LARGE) continue;
    throw new ForgeError(
      'large_table',
      `Migration ${migration.version}: '${why}' is ${risk}, and ${table} has about ${rows.toLocaleString('en')} rows.`,
      `Do it in a quiet hour: forge migrate apply --allow ${risk}`,
    );
  }
}

/** Migrations that a database has not seen. */
export async function outstanding(
  sql: postgres.Sql,
  migrations: readonly EmittedMigration[],
): Promise<EmittedMigration[]> {
  const [known] = await sql<{ there: boolean }[]>`select to_regclass('vibestack.migration') is not null as there`;
  if (!known?.there) return [...migrations];
  const done = await sql<
    { version: number; hash: string }[]
  >`select version, hash from vibestack.migration order by version`;
  for (const { version, hash } of done) {
    const ours = migrations.find((migration) => migration.version === version);
    if (!ours) {
      throw new ForgeError(
        'database_newer',
        `The database is at version ${version}, which this code does not know.`,
        'Run the newer code, or use another database.',
      );
    }
    if (ours.hash !== hash) {
      throw new ForgeError(
        'migration_changed',
        `Migration ${version} was applied in another form than the code has now.`,
        'In development remove .vibestack/postgres and start again; elsewhere restore the migration as it was applied.',
      );
    }
  }
  return migrations.filter(({ version }) => !done.some((one) => one.version === version));
}
