import type { SyncSchema } from '@vibestack/sync-types';
import { LocalSchemaError } from './errors.ts';
import { DROP_CAPTURE_SQL, FORGET_POSITION_SQL, REFUSE_TRUNCATE_SQL, SYSTEM_SQL, captureAllSql } from './system-sql.ts';
import type { ClientMigration, Database, Tx } from './types.ts';

/**
 * Brings an opened database to the application's version: the framework's tables, the application's, and the triggers
 * that capture local writes.
 *
 * A database of an older version runs what it has not seen. Its rows are then asked for anew, because the server may
 * show more of them now; they stay readable until the new ones are there, and the outbox is kept.
 *
 * @throws {LocalSchemaError} the database was made by other migrations, or by newer ones
 */
export async function prepare(
  db: Database,
  schema: SyncSchema,
  migrations: readonly ClientMigration[],
  newId: () => string,
): Promise<void> {
  const done = await appliedMigrations(db);
  const isOurs = done.every(
    ({ version, hash }, i) => version === migrations[i]?.version && hash === migrations[i].hash,
  );
  if (!isOurs) throw new LocalSchemaError('The local database belongs to another version of the application.');
  const missing = migrations.slice(done.length);
  if (missing.length === 0) return;
  if (done.length === 0) await db.transaction((tx) => create(tx, schema, migrations, newId));
  else await upgrade(db, schema, missing);
}

async function appliedMigrations(db: Database): Promise<{ version: number; hash: string }[]> {
  const { rows } = await db.query<{ there: boolean }>(`select to_regclass('vibestack.migration') is not null as there`);
  if (!rows[0]?.there) return [];
  return (
    await db.query<{ version: number; hash: string }>(`select version, hash from vibestack.migration order by version`)
  ).rows;
}

async function create(
  tx: Tx,
  schema: SyncSchema,
  migrations: readonly ClientMigration[],
  newId: () => string,
): Promise<void> {
  await tx.exec(SYSTEM_SQL + REFUSE_TRUNCATE_SQL);
  for (const migration of migrations) await run(tx, migration);
  await tx.exec(captureAllSql(schema));
  await tx.query(`insert into vibestack.state values ('client_id', $1), ('last_id', '0')`, [newId()]);
}

/**
 * One transaction each, as on the server: a label that one adds can be used by the next.
 *
 * What the rows here do not allow is done without them. They come again from the server, and pending edits are laid on
 * them then; a device that could not open would be worse off.
 */
async function upgrade(db: Database, schema: SyncSchema, missing: readonly ClientMigration[]): Promise<void> {
  for (const migration of missing) {
    const step = async (tx: Tx) => {
      await tx.exec(DROP_CAPTURE_SQL); // what a migration does to rows is no edit of this person's
      await run(tx, migration);
      if (migration !== missing.at(-1)) return;
      await tx.exec(captureAllSql(schema));
      await tx.exec(FORGET_POSITION_SQL);
    };
    try {
      await db.transaction(step);
    } catch (error) {
      if (!isAboutRows(error)) throw error;
      await db.transaction(async (tx) => {
        await emptyTables(tx, schema);
        await step(tx);
      });
    }
  }
}

/** Classes of SQLSTATE: 22, a value that does not convert; 23, a constraint that a row breaks. */
const isAboutRows = (error: unknown): boolean => /^2[23]/.test((error as { code?: string }).code ?? '');

/** Synchronised tables only: what exists on this client alone is nowhere else. */
async function emptyTables(tx: Tx, { tables }: SyncSchema): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = any($1)`,
    [tables.map(({ name }) => name)],
  );
  await tx.exec(DROP_CAPTURE_SQL);
  if (rows.length > 0) await tx.exec(`truncate ${rows.map(({ name }) => name).join(', ')}`);
  await tx.exec(`update vibestack.shadow set "row" = null`);
}

async function run(tx: Tx, { version, hash, sql }: ClientMigration): Promise<void> {
  await tx.exec(sql);
  await tx.query(`insert into vibestack.migration values ($1, $2)`, [version, hash]);
}
