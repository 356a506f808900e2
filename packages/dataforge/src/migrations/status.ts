import postgres from 'postgres';
import { readLiveCatalog } from '../catalog/index.ts';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { outstanding } from './apply.ts';
import { Shadow, diffCatalogs, type Step } from '../plan/index.ts';

export interface Status {
  readonly version: number;
  readonly newest: number;
  /** Steps from what the database is to what its migrations made; empty when nobody changed it by hand. */
  readonly drift: readonly Step[];
}

/** Compares a live database with its own migrations. @throws {ForgeError} of `outstanding` */
export async function readStatus(url: string, migrations: readonly EmittedMigration[]): Promise<Status> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const shadow = await Shadow.open();
  try {
    const missing = await outstanding(sql, migrations);
    const applied = migrations.filter((migration) => !missing.includes(migration));
    await shadow.reset();
    for (const migration of applied) await shadow.run(migration.sql);
    const live = await readLiveCatalog(sql);
    return {
      version: applied.at(-1)?.version ?? 0,
      newest: migrations.at(-1)?.version ?? 0,
      drift: diffCatalogs(live, await shadow.catalog()),
    };
  } finally {
    await shadow.close();
    await sql.end();
  }
}
