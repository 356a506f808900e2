import type { Catalog } from '../catalog/types.ts';
import type { Problem } from '../errors.ts';
import type { Context, EntityPlace } from './context.ts';
import { entityOf, type Entity } from './entity.ts';
import { entityFile } from './entity-file.ts';
import type { Existing } from './existing.ts';
import { sayableForeignKeys } from './foreign-keys.ts';
import { findLosses } from './losses.ts';
import { className, constantName, entityPath, isPublic, uniqueNames, unquote } from './names.ts';
import { notesOf } from './notes.ts';
import { scriptsOf } from './scripts.ts';
import { serialColumns } from './serials.ts';
import type { Source } from './source.ts';
import { domainsFile, enumsFile } from './type-files.ts';
import { withCoreUuids } from './uuid-defaults.ts';

export interface Pulled {
  /** Path below the schema package → content. */
  readonly files: ReadonlyMap<string, string>;
  /** Tables that have an entity already, with where. */
  readonly skipped: readonly { readonly table: string; readonly path: string }[];
  /** What cannot be said at all, with what to do. */
  readonly refused: readonly Problem[];
  /** What is said otherwise than the database has it. */
  readonly changed: readonly Problem[];
}

/** Entities and scripts that make what the database has: same database, same bytes. */
export function pullFiles(given: Source, existing: Existing): Pulled {
  const { source, changed } = withCoreUuids(given);
  const { catalog } = source;
  const { lost, problems } = findLosses(source);
  const tables = Object.keys(catalog.tables)
    .filter((table) => isPublic(table) && !lost.has(`relation ${table}`))
    .sort();
  const missing = tables.filter((table) => !existing.entities.has(unquote(table)));
  const context: Context = {
    catalog,
    lost,
    places: placesOf(tables, existing),
    foreignKeys: sayableForeignKeys(catalog, lost),
    serials: serialColumns(catalog, source.sequences),
    ...constantsOf(catalog, tables, lost),
  };
  const entities = missing.map((table) => entityOf(context, table));
  const isKnown = (what: string) => makes(existing.sql, what);
  const { first, after } = scriptsOf(source, context, isKnown);
  const files: [string, string][] = [
    ...entities.map((one): [string, string] => [entityPath(one.entity), entityFile(one)]),
    ['src/domains.ts', uses(entities, 'domains') ? domainsFile(catalog, context.domains) : ''],
    ['src/enums.ts', uses(entities, 'enums') ? enumsFile(catalog, context.enums) : ''],
    ['src/sql/first/pulled.server.sql', first],
    ['src/sql/pulled.server.sql', after],
  ];
  return {
    files: new Map(files.filter(([, content]) => content !== '').sort(([a], [b]) => (a < b ? -1 : 1))),
    skipped: tables
      .filter((table) => !missing.includes(table))
      .map((table) => ({ table, path: context.places.get(table)?.path ?? '' })),
    refused: problems,
    changed: [...changed, ...notesOf(source, context)],
  };
}

const uses = (entities: readonly Entity[], what: 'domains' | 'enums'): boolean =>
  entities.some((entity) => entity[what].length > 0);

/** Whether a script makes it: `view v`, `function f`, `trigger t`. */
function makes(sql: string, what: string): boolean {
  const words = what.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const name = words.pop() ?? '';
  return new RegExp(String.raw`\b${words.join(String.raw`\s+`)}\s+(?:public\.)?${name}(?![\w"])`, 'i').test(sql);
}

/** Classes and files of all tables; those that are there keep theirs. */
function placesOf(tables: readonly string[], { entities, paths }: Existing): Map<string, EntityPlace> {
  const known = tables.flatMap((table) => {
    const place = entities.get(unquote(table));
    return place ? [[table, place] as const] : [];
  });
  const taken = [...entities.values()].map(({ entity }) => entity);
  const free = tables.filter((table) => !entities.has(unquote(table)));
  const isFile = (entity: string) => paths.includes(entityPath(entity));
  const names = uniqueNames(
    free,
    (table) => {
      const name = className(unquote(table));
      return isFile(name) ? `${name}Table` : name;
    },
    taken,
  );
  return new Map([
    ...known,
    ...[...names].map(([table, entity]) => [table, { entity, path: entityPath(entity) }] as const),
  ]);
}

/** Constants for domains that columns have, and for enums that more than one has. */
function constantsOf(
  catalog: Catalog,
  tables: readonly string[],
  lost: ReadonlySet<string>,
): Pick<Context, 'domains' | 'enums'> {
  const types = tables.flatMap((table) =>
    Object.entries(catalog.tables[table]?.columns ?? {}).flatMap(([name, { type }]) =>
      lost.has(`column ${table}.${name}`) ? [] : [type.replace(/\[\]$/, '')],
    ),
  );
  const uses = (name: string) => types.filter((type) => type === name).length;
  const domains = Object.keys(catalog.domains).filter((name) => uses(name) > 0);
  const enums = Object.keys(catalog.enums).filter((name) => uses(name) > 1);
  const names = uniqueNames([...domains, ...enums].sort(), (name) => constantName(unquote(name)));
  const only = (kept: readonly string[]) => new Map([...names].filter(([name]) => kept.includes(name)));
  return { domains: only(domains), enums: only(enums) };
}
