import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { llmsText } from '../emit/documents/llms.ts';
import { rowsSchema } from '../emit/documents/rows-schema.ts';
import { summary } from '../emit/documents/summary.ts';
import { entityModule } from '../emit/modules/entity-module.ts';
import { enumModule } from '../emit/modules/enum-module.ts';
import { fileName } from '../emit/modules/header.ts';
import { indexModule } from '../emit/modules/index-module.ts';
import { queriesModule } from '../emit/modules/queries-module.ts';
import { extensionsModule, migrationsModule, schemaModule } from '../emit/modules/schema-module.ts';
import { typeValidators, validatorModule } from '../emit/modules/validator-module.ts';
import { wireModule } from '../emit/modules/wire-module.ts';
import { syncSchema } from '../emit/sync-schema.ts';
import { readHistory, type HistorySide } from '../migrations/history.ts';
import { sideOf, withoutDomains } from '../ir/side.ts';
import type { Model } from '../ir/types.ts';
import { filesBelow } from '../sources/index.ts';
import type { DescribedQuery } from '../typed-sql/index.ts';

/** Files that the generator owns: path below the schema package → content. */
export type GeneratedFiles = ReadonlyMap<string, string>;
export type Queries = Readonly<Record<HistorySide, readonly DescribedQuery[]>>;

/** All generated files of a model, its migrations and the application's queries: same input, same bytes. */
export function generate(schemaDir: string, model: Model, queries: Queries): GeneratedFiles {
  const files = new Map<string, string>([
    ['generated/model.json', modelFile(model)],
    ['generated/schema.md', summary(model)],
    ['generated/rows.schema.json', rowsSchema(withoutDomains(sideOf(model, 'server')))],
    ['llms.txt', llmsText(model)],
  ]);
  const schema = syncSchema(sideOf(model, 'client'), readHistory(schemaDir, 'client').length);
  for (const side of ['server', 'client'] as const) {
    const own = withoutDomains(sideOf(model, side));
    const put = (name: string, content: string) => files.set(`generated/${side}/${name}.ts`, content);
    put('index', indexModule(own, side));
    put('enums', enumModule(own));
    put('migrations', migrationsModule(readHistory(schemaDir, side)));
    put('queries', queriesModule(own, queries[side]));
    put('validators/types', typeValidators(own));
    for (const table of own.tables) {
      put(`entities/${fileName(table.entity)}`, entityModule(table));
      put(`validators/${fileName(table.entity)}`, validatorModule(table));
    }
  }
  files.set('generated/client/schema.ts', schemaModule(schema));
  files.set('generated/server/wire.ts', wireModule(withoutDomains(sideOf(model, 'client'))));
  files.set('generated/client/extensions.ts', extensionsModule(sideOf(model, 'client').extensions));
  return files;
}

/** SHA-256 of the model, hex. */
export const modelHash = (model: Model): string => createHash('sha256').update(JSON.stringify(model)).digest('hex');

const modelFile = (model: Model): string => `${JSON.stringify({ hash: modelHash(model), model }, null, 2)}\n`;

/** @returns paths whose content on disk is not what the entities say, or that should not be there at all */
export function staleFiles(schemaDir: string, files: GeneratedFiles): string[] {
  const changed = [...files].filter(([path, content]) => readOrNull(join(schemaDir, path)) !== content);
  return [...changed.map(([path]) => path), ...leftOver(schemaDir, files)];
}

/** @returns paths that were written or removed */
export function writeFiles(schemaDir: string, files: GeneratedFiles): string[] {
  const stale = staleFiles(schemaDir, files);
  for (const path of stale) {
    const full = join(schemaDir, path);
    const content = files.get(path);
    if (content === undefined) rmSync(full);
    else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
    }
  }
  return stale;
}

function leftOver(schemaDir: string, files: GeneratedFiles): string[] {
  const dir = join(schemaDir, 'generated');
  if (!existsSync(dir)) return [];
  return [...filesBelow(dir)]
    .map((path) => relative(schemaDir, path).replaceAll('\\', '/'))
    .filter((path) => !files.has(path));
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
