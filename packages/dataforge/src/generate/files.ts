import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { syncSchema } from './emit/sync-schema.ts';
import { clientModule, serverModule } from './emit/typescript.ts';
import { readHistory } from './history.ts';
import { buildModel } from './ir/build-model.ts';
import { clientModel } from './ir/client-side.ts';
import { entityClasses } from './ir/metadata.ts';
import type { Model } from './ir/types.ts';

/** Files that the generator owns: path below the schema package → content. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Imports every module below `src/entities` and reads its entities. */
export async function loadModel(schemaDir: string): Promise<Model> {
  const entities = join(schemaDir, 'src/entities');
  const files = readdirSync(entities)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const modules = await Promise.all(
    files.map((name) => import(pathToFileURL(join(entities, name)).href) as Promise<Record<string, unknown>>),
  );
  return buildModel(entityClasses(modules.flatMap((module) => Object.values(module))));
}

/** All generated files of a model and its migrations: same input, same bytes. */
export function generate(schemaDir: string, model: Model): GeneratedFiles {
  const client = clientModel(model);
  const server = readHistory(schemaDir, 'server');
  const local = readHistory(schemaDir, 'client');
  const schema = syncSchema(client, local.length);
  return new Map([
    ['generated/client.ts', clientModule(client, schema, local)],
    ['generated/server.ts', serverModule(model, client, schema, server)],
  ]);
}

/** @returns paths whose content on disk is not what the entities say */
export function staleFiles(schemaDir: string, files: GeneratedFiles): string[] {
  return [...files].filter(([path, content]) => readOrNull(join(schemaDir, path)) !== content).map(([path]) => path);
}

export function writeFiles(schemaDir: string, files: GeneratedFiles): string[] {
  const stale = staleFiles(schemaDir, files);
  for (const path of stale) {
    mkdirSync(dirname(join(schemaDir, path)), { recursive: true });
    writeFileSync(join(schemaDir, path), files.get(path) ?? '');
  }
  return stale;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
