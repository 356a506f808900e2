import type { SyncSchema } from '@vibestack/sync-types';
import { LocalSchemaError } from './errors.ts';
import { REFUSE_TRUNCATE_SQL, SYSTEM_SQL, captureSql } from './system-sql.ts';
import type { ClientMigration, Database } from './types.ts';

/**
 * Brings an opened database to the application's version: the framework's tables, the application's, and the triggers
 * that capture local writes; all in one transaction.
 *
 * @throws {LocalSchemaError} the database was made by other migrations
 */
export async function prepare(
  db: Database,
  schema: SyncSchema,
  migrations: readonly ClientMigration[],
  newId: () => string,
): Promise<void> {
  const { rows } = await db.query<{ there: boolean }>(`select to_regclass('vibestack.migration') is not null as there`);
  const done = rows[0]?.there
    ? (
        await db.query<{ version: number; hash: string }>(
          `select version, hash from vibestack.migration order by version`,
        )
      ).rows
    : null;
  const wanted = migrations.map(({ version, hash }) => `${version}:${hash}`).join();
  if (done) {
    if (done.map(({ version, hash }) => `${version}:${hash}`).join() === wanted) return;
    throw new LocalSchemaError('The local database belongs to another version of the application.');
  }
  await db.transaction(async (tx) => {
    await tx.exec(SYSTEM_SQL + REFUSE_TRUNCATE_SQL);
    for (const { version, hash, sql } of migrations) {
      await tx.exec(sql);
      await tx.query(`insert into vibestack.migration values ($1, $2)`, [version, hash]);
    }
    await tx.exec(schema.tables.map(captureSql).join('\n'));
    await tx.query(`insert into vibestack.state values ('client_id', $1), ('last_id', '0')`, [newId()]);
  });
}
