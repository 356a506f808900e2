import type { Catalog, TableEntry } from '../catalog/types.ts';
import { isPublic, schemaOf, unquote } from './names.ts';

/**
 * A catalog without what the framework adds to a database that it made: the entities bring it back by themselves.
 * Rows of schema `vibestack` are nobody's but the framework's.
 */
export function withoutFramework(catalog: Catalog): Catalog {
  return {
    ...catalog,
    schemas: catalog.schemas.filter((name) => name !== 'vibestack'),
    tables: mapValues(filterKeys(catalog.tables, isForeign), ownPartsOf),
    functions: filterKeys(catalog.functions, (name) => isForeign(name) && !isFramework(unquote(name))),
    publications: filterKeys(catalog.publications, (name) => name !== 'vibestack'),
  };
}

const isForeign = (name: string): boolean => isPublic(name) || schemaOf(name) !== 'vibestack';

/** Triggers and functions that are made for synchronised tables. */
export const isFramework = (name: string): boolean => /^(vibestack_|fill_scope_)/.test(name);

function ownPartsOf(table: TableEntry): TableEntry {
  const isIdentity = (name: string) => /^ri_/.test(unquote(name)) && name === table.replicaIdentity;
  return {
    ...table,
    triggers: filterKeys(table.triggers, (name) => !isFramework(unquote(name))),
    indices: filterKeys(table.indices, (name) => !isIdentity(name)),
  };
}

const filterKeys = <T>(record: Readonly<Record<string, T>>, keep: (key: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
