import type postgres from 'postgres';
import { readLiveCatalog, type Catalog } from '../catalog/index.ts';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { ForgeError } from '../errors.ts';
import { Shadow, diffCatalogs, type Step } from '../plan/index.ts';
import { outstanding } from './apply.ts';
import { refusedSteps } from './create.ts';
import { connectAlone, noteApplied, runWhole } from './transaction.ts';

export interface Adopted {
  readonly version: number;
  /** What was missing, and is there now. */
  readonly ran: readonly Step[];
  /** What the model does not have: it stays until somebody drops it. */
  readonly left: readonly Step[];
}

/**
 * Takes over a database whose tables are there already, such as one whose entities were pulled from it: adds what is
 * missing to what the migrations would have made, in one transaction, and notes them as applied. Nothing is dropped, and
 * what no entity speaks of is not looked at.
 *
 * @throws {ForgeError} `adopted_already`; `no_migrations`; `risk_refused`, with what needs a yes; `migration_failed`
 */
export async function adopt(
  url: string,
  migrations: readonly EmittedMigration[],
  { allow = [] }: { readonly allow?: readonly string[] } = {},
): Promise<Adopted> {
  const sql = await connectAlone(url);
  const shadow = await Shadow.open();
  try {
    await requireStranger(sql, migrations);
    await shadow.reset();
    for (const migration of migrations) await shadow.run(migration.sql);
    const wanted = await shadow.catalog();
    const steps = diffCatalogs(known(await readLiveCatalog(sql), wanted), wanted);
    const due = steps.filter(({ phase }) => phase !== 'contract');
    const refused = refusedSteps(due, allow);
    if (refused) throw refused;
    await run(sql, due, migrations);
    return {
      version: migrations.at(-1)?.version ?? 0,
      ran: due,
      left: steps.filter(({ phase }) => phase === 'contract'),
    };
  } finally {
    await shadow.close();
    await sql.end();
  }
}

async function requireStranger(sql: postgres.Sql, migrations: readonly EmittedMigration[]): Promise<void> {
  if (migrations.length === 0) {
    throw new ForgeError('no_migrations', 'There are no migrations to take it over into.', 'Run: forge gen');
  }
  if ((await outstanding(sql, migrations)).length === migrations.length) return;
  throw new ForgeError('adopted_already', 'The database has migrations of ours already.', 'Run: forge migrate apply');
}

async function run(sql: postgres.Sql, steps: readonly Step[], migrations: readonly EmittedMigration[]): Promise<void> {
  const script = (some: readonly Step[]) => some.map((step) => step.sql).join('\n');
  const labels = steps.filter(({ phase }) => phase === 'labels');
  const others = steps.filter(({ phase }) => phase !== 'labels');
  const what = 'Taking the database over';
  if (labels.length > 0) await runWhole(sql, what, script(labels), () => Promise.resolve());
  await runWhole(sql, what, script(others), async (tx) => {
    for (const migration of migrations) await noteApplied(tx, migration);
  });
}

/** Of a catalog, what another one has too. */
function known(live: Catalog, wanted: Catalog): Catalog {
  const both = <T>(here: Readonly<Record<string, T>>, there: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(here).filter(([name]) => name in there));
  return {
    schemas: live.schemas.filter((name) => wanted.schemas.includes(name)),
    extensions: live.extensions.filter((name) => wanted.extensions.includes(name)),
    enums: both(live.enums, wanted.enums),
    domains: both(live.domains, wanted.domains),
    tables: both(live.tables, wanted.tables),
    views: both(live.views, wanted.views),
    functions: both(live.functions, wanted.functions),
    publications: both(live.publications, wanted.publications),
  };
}
