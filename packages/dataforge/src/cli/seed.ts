import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ForgeError } from '../errors.ts';
import { databaseUrl, type Answer, type Arguments } from './arguments.ts';

/** What `src/seed/index.ts` of a schema package exports. It fills an empty, migrated database, and leaves any other alone. */
type Seed = (
  url: string,
  options: { readonly size?: string },
) => Promise<{ readonly seeded: boolean; readonly rows: number }>;

/** Fills a database with the application's example data. @throws {ForgeError} `no_seed` */
export async function seed(args: Arguments): Promise<Answer> {
  const path = join(args.schemaDir, 'src/seed/index.ts');
  const module = existsSync(path) ? ((await import(pathToFileURL(path).href)) as { seed?: Seed }) : {};
  if (!module.seed) {
    throw new ForgeError(
      'no_seed',
      `${path} exports no seed().`,
      'Write: export async function seed(url, { size }) { … return { seeded, rows } }',
    );
  }
  const report = await module.seed(databaseUrl(args), { size: args.size ?? 'small' });
  return {
    result: report,
    text: report.seeded
      ? `Wrote ${report.rows.toLocaleString('en')} rows`
      : 'The database has data already: nothing was written',
  };
}
