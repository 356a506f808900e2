import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ForgeError } from '../errors.ts';
import { buildModel } from '../ir/build-model.ts';
import { entityClasses } from '../ir/metadata.ts';
import type { Model, ScriptModel } from '../ir/types.ts';

/** What the application's author writes, below the schema package and beside it. */
const ENTITIES = 'src/entities';
const SCRIPTS = 'src/sql';
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'migrations', '.vibestack', '.wrangler', '.git']);

/**
 * Imports every module below `src/entities`, reads `src/sql`, and builds the model.
 *
 * @throws {ForgeError} `no_schema`, `entity_import`, and those of `buildModel`
 */
export async function loadModel(schemaDir: string): Promise<Model> {
  const entities = join(schemaDir, ENTITIES);
  if (!existsSync(entities)) {
    throw new ForgeError(
      'no_schema',
      `There is no ${entities}.`,
      'Run in the root of the workspace, or name the schema package: --schema DIR',
    );
  }
  const files = [...filesBelow(entities)].filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  const modules = await Promise.all(files.map(importModule));
  return buildModel(entityClasses(modules.flatMap((module) => Object.values(module))), readScripts(schemaDir));
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ForgeError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new ForgeError('entity_import', `${path} cannot be imported: ${said}`, 'Mend the file, or what it imports.');
  }
}

/** `name.sql` is for both sides, `name.server.sql` for one; what lies in `first/` runs before the tables. */
function readScripts(schemaDir: string): ScriptModel[] {
  const dir = join(schemaDir, SCRIPTS);
  if (!existsSync(dir)) return [];
  return [...filesBelow(dir)]
    .filter((path) => path.endsWith('.sql'))
    .map((path) => ({
      path: relative(schemaDir, path).replaceAll('\\', '/'),
      side: path.endsWith('.server.sql') ? 'server' : path.endsWith('.client.sql') ? 'client' : 'both',
      first: relative(dir, path).startsWith('first'),
      sql: readFileSync(path, 'utf8'),
    }));
}

/** A source file that may hold queries. */
export interface SourceFile {
  readonly path: string;
  readonly source: string;
}

/** Folders whose sources may call `sql()`: apps and packages of the workspace that the schema package lies in. */
export function querySources(schemaDir: string): string[] {
  const root = workspaceRoot(schemaDir);
  return ['apps', 'packages'].map((name) => join(root, name)).filter(existsSync);
}

/** The nearest folder above with a workspace file; two levels up where there is none. */
function workspaceRoot(schemaDir: string): string {
  for (let dir = resolve(schemaDir); dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'pnpm-workspace.yaml'))) return dir;
  }
  return resolve(schemaDir, '../..');
}

/** Every TypeScript source below the folders that names the specifier. */
export function sourcesNaming(dirs: readonly string[], specifier: string): SourceFile[] {
  return dirs
    .flatMap((dir) => [...filesBelow(dir)])
    .filter((path) => /\.(ts|tsx|mts)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path, source: readFileSync(path, 'utf8') }))
    .filter(({ source }) => source.includes(specifier));
}

/** The name by which other packages import the schema. */
export function packageName(schemaDir: string): string {
  const manifest = JSON.parse(readFileSync(join(schemaDir, 'package.json'), 'utf8')) as { name: string };
  return manifest.name;
}

export function* filesBelow(dir: string): Generator<string> {
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* filesBelow(path);
    } else if (entry.isFile()) yield path;
  }
}
