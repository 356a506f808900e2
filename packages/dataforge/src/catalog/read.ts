import { QUERIES } from './queries.ts';
import type {
  Catalog,
  ColumnEntry,
  ConstraintEntry,
  DomainEntry,
  FunctionEntry,
  IndexEntry,
  PublicationEntry,
  TableEntry,
  TriggerEntry,
  ViewEntry,
} from './types.ts';

/** Runs a query; columns of type json come parsed. `search_path` has to be `public` alone. */
export type Query = (sql: string) => Promise<readonly object[]>;

type Named<T> = T & { readonly name: string };
type Owned<T> = Named<T> & { readonly owner: string };

/**
 * Reads what Postgres knows about a database's schema (system catalogs and their `pg_get_…` functions,
 * https://www.postgresql.org/docs/current/catalogs.html). Schemas of Postgres and members of extensions are left out.
 */
export async function readCatalog(query: Query): Promise<Catalog> {
  const read = async <T>(name: keyof typeof QUERIES): Promise<readonly T[]> =>
    (await query(QUERIES[name])) as readonly T[];
  const columns = await read<Owned<ColumnEntry>>('columns');
  const constraints = await read<Owned<ConstraintEntry>>('constraints');
  const indices = await read<Owned<IndexEntry>>('indices');
  const triggers = await read<Owned<TriggerEntry>>('triggers');
  const tables = await read<Named<Pick<TableEntry, 'comment' | 'replicaIdentity'>>>('tables');
  const enums = await read<{ name: string; labels: readonly string[] }>('enums');
  return {
    schemas: (await read<Named<object>>('schemas')).map(({ name }) => name),
    extensions: (await read<Named<object>>('extensions')).map(({ name }) => name),
    enums: record(enums.map(({ name, labels }) => [name, labels])),
    domains: byName<DomainEntry>(await read('domains')),
    tables: record(
      tables.map(({ name, ...own }) => [
        name,
        {
          ...own,
          columns: partsOf(name, columns),
          constraints: partsOf(name, constraints),
          indices: partsOf(name, indices),
          triggers: partsOf(name, triggers),
        },
      ]),
    ),
    views: byName<ViewEntry>(await read('views')),
    functions: byName<FunctionEntry>(await read('functions')),
    publications: byName<PublicationEntry>(await read('publications')),
  };
}

function byName<T>(rows: readonly Named<T>[]): Record<string, T> {
  return record(rows.map(({ name, ...entry }) => [name, entry as T]));
}

/** Without a prototype: tables and columns may be called `constructor`. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));
}

function partsOf<T>(table: string, rows: readonly Owned<T>[]): Record<string, T> {
  return byName(rows.filter(({ owner }) => owner === table).map((row) => withoutOwner(row) as Named<T>));
}

const withoutOwner = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'owner'));
