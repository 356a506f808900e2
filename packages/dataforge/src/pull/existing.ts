import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow } from '../sources/index.ts';
import type { EntityPlace } from './context.ts';

/** What a schema package has already; pulling leaves it alone. */
export interface Existing {
  /** Table → its entity. */
  readonly entities: ReadonlyMap<string, EntityPlace>;
  /** Files below `src/entities`. */
  readonly paths: readonly string[];
  /** The application's own SQL, but for what was pulled. */
  readonly sql: string;
}

const PULLED = /(^|\/)pulled\.server\.sql$/;

/** Reads without importing: what is pulled next to them must not depend on whether the entities are whole. */
export function readExisting(schemaDir: string): Existing {
  const read = (folder: string, ending: string) => {
    const dir = join(schemaDir, folder);
    return (existsSync(dir) ? [...filesBelow(dir)] : [])
      .filter((path) => path.endsWith(ending))
      .map((path) => ({ path: relative(schemaDir, path).replaceAll('\\', '/'), source: readFileSync(path, 'utf8') }));
  };
  const sources = read('src/entities', '.ts');
  return {
    entities: new Map(
      sources.flatMap(({ path, source }) => entitiesIn(source).map(([table, entity]) => [table, { entity, path }])),
    ),
    paths: sources.map(({ path }) => path),
    sql: read('src/sql', '.sql')
      .filter(({ path }) => !PULLED.test(path))
      .map(({ source }) => source)
      .join('\n'),
  };
}

/** `@Entity('task') … class Task`, `@Entity({ name: 'task' })`, and `@Entity()`, whose table TypeORM names. */
const ENTITY = /@Entity\(\s*(?:\{[^}]*?\bname:\s*)?(?:(['"`])(.*?)(?<!\\)\1)?[^]*?\bclass\s+(\w+)/g;

function entitiesIn(source: string): [table: string, entity: string][] {
  return [...source.matchAll(ENTITY)].map(([, , table, entity = '']) => [
    table?.replace(/\\(.)/g, '$1') ?? snakeCase(entity),
    entity,
  ]);
}

const snakeCase = (entity: string): string => entity.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
