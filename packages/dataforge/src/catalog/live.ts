import type postgres from 'postgres';
import { readCatalog } from './read.ts';
import type { Catalog } from './types.ts';

/** The catalog of the database that a connection is to. */
export const readLiveCatalog = (sql: postgres.Sql): Promise<Catalog> =>
  sql.begin(async (tx) => {
    await tx`set local search_path to public`;
    return readCatalog(async (query) => [...(await tx.unsafe<object[]>(query))]);
  });
