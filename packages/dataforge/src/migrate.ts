import postgres from 'postgres';
import type { EmittedMigration } from './emit/typescript.ts';
import { ForgeError } from './errors.ts';

/** The advisory lock under which one deployer at a time migrates ('vibe' in ASCII). */
const LOCK = 0x76696265;

export interface MigrateReport {
  /** Versions that were applied now. */
  readonly applied: readonly number[];
  readonly version: number;
}

/**
 * Brings a database to the newest version, each migration in a transaction of its own.
 *
 * @throws {ForgeError} `migration_changed`: an applied migration is not what the code has; `database_newer`
 */
export async function migrate(url: string, migrations: readonly EmittedMigration[]): Promise<MigrateReport> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    const applied: number[] = [];
    for (const migration of await outstanding(sql, migrations)) {
      await sql.begin(async (tx) => {
        await tx.unsafe(`set local lock_timeout = '10s'`);
        await tx.unsafe(migration.sql);
        const { version, name, hash } = migration;
        await tx`insert into vibestack.migration (version, name, hash) values (${version}, ${name}, ${hash})`;
      });
      applied.push(migration.version);
    }
    return { applied, version: migrations.at(-1)?.version ?? 0 };
  } finally {
    await sql.end();
  }
}

async function outstanding(sql: postgres.Sql, migrations: readonly EmittedMigration[]): Promise<EmittedMigration[]> {
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
