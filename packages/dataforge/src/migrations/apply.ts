import type postgres from 'postgres';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { ForgeError } from '../errors.ts';
import { connectAlone, noteApplied, runWhole } from './transaction.ts';

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
  const sql = await connectAlone(url);
  try {
    const applied: number[] = [];
    for (const migration of await outstanding(sql, migrations)) {
      await refuseLarge(sql, migration, allow);
      const { version, name, sql: script } = migration;
      await runWhole(sql, `Migration ${version} (${name})`, script, (tx) => noteApplied(tx, migration));
      applied.push(migration.version);
    }
    return { applied, version: migrations.at(-1)?.version ?? 0 };
  } finally {
    await sql.end();
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
