import postgres from 'postgres';
import { readCatalog, type Catalog } from '../catalog/index.ts';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { ForgeError } from '../errors.ts';
import { Shadow, diffCatalogs, type Step } from '../plan/index.ts';
import { outstanding } from './apply.ts';
import { refusedSteps } from './create.ts';

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
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const shadow = await Shadow.open();
  try {
    await requireStranger(sql, migrations);
    await shadow.reset();
    for (const migration of migrations) await shadow.run(migration.sql);
    const wanted = await shadow.catalog();
    const steps = diffCatalogs(known(await liveCatalog(sql), wanted), wanted);
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
  const labels = steps.filter(({ phase }) => phase === 'labels');
  const others = steps.filter(({ phase }) => phase !== 'labels');
  const script = (some: readonly Step[]) =>
    `set local lock_timeout = '3s'; set local search_path to public; set local check_function_bodies = off;
     ${some.map((step) => step.sql).join('\n')}`;
  try {
    if (labels.length > 0) await sql.begin((tx) => tx.unsafe(script(labels)));
    await sql.begin(async (tx) => {
      await tx.unsafe(script(others));
      for (const { version, name, hash } of migrations) {
        await tx`insert into vibestack.migration (version, name, hash) values (${version}, ${name}, ${hash})`;
      }
    });
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    const said = [error.message, error.detail].filter(Boolean).join(' ');
    throw new ForgeError(
      'migration_failed',
      `Taking it over was refused, and nothing is done: ${said}`,
      'Mend what it names, then run it again.',
    );
  }
}

const liveCatalog = (sql: postgres.Sql): Promise<Catalog> =>
  sql.begin(async (tx) => {
    await tx`set local search_path to public`;
    return readCatalog(async (query) => [...(await tx.unsafe<object[]>(query))]);
  });

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
