import type { SqlPort } from '../sql/sql-port.ts';

/** A publication as the catalog has it (https://www.postgresql.org/docs/current/catalog-pg-publication.html). */
export interface Publication {
  readonly oid: number;
  readonly allTables: boolean;
  readonly operations: {
    readonly insert: boolean;
    readonly update: boolean;
    readonly delete: boolean;
    readonly truncate: boolean;
  };
  /** Partitions are published as their root. */
  readonly viaRoot: boolean;
  /** Stored generated columns are published; only since Postgres 18. */
  readonly generatedColumns: boolean;
  /** Whole schemas, since Postgres 15. */
  readonly schemas: readonly string[];
  /** Those that it names one by one, by schema and name. */
  readonly tables: readonly PublishedTable[];
}

export interface PublishedTable {
  readonly schema: string;
  readonly name: string;
  /** Of the entry in `pg_publication_rel`: another one means that the table was taken out and put in again. */
  readonly oid: number;
  /** In the table's order; null: all columns. */
  readonly columns: readonly string[] | null;
  /** Rows are published by a condition. */
  readonly rowFilter: boolean;
}

/** Columns and catalogs that came with later versions are read through JSON, in which a missing one is null. */
const PUBLICATION = `
  select p.oid::text, puballtables::text, pubinsert::text, pubupdate::text, pubdelete::text, pubtruncate::text,
         pubviaroot::text, (to_jsonb(p) ->> 'pubgencols')::text, current_setting('server_version_num')
  from pg_publication p
  where pubname = $1`;

const TABLES = `
  select n.nspname, c.relname, r.oid::text, (to_jsonb(r) ->> 'prqual' is not null)::text,
         (select jsonb_agg(a.attname order by a.attnum)::text
          from jsonb_array_elements_text(nullif(to_jsonb(r) -> 'prattrs', 'null')) as listed (attnum)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = listed.attnum::int)
  from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
  where r.prpubid = $1::oid
  order by n.nspname, c.relname`;

const SCHEMAS = `
  select nspname from pg_publication_namespace join pg_namespace n on n.oid = pnnspid
  where pnpubid = $1::oid order by nspname`;

/** @returns null when there is no such publication */
export async function readPublication(sql: SqlPort, name: string): Promise<Publication | null> {
  const [row] = await sql.query(PUBLICATION, [name]);
  if (!row) return null;
  const [oid = null, all, inserts, updates, deletes, truncates, viaRoot, generated, version] = row;
  const tables = await sql.query(TABLES, [oid]);
  const schemas = Number(version) >= 15_00_00 ? await sql.query(SCHEMAS, [oid]) : [];
  return {
    oid: Number(oid),
    allTables: all === 'true',
    operations: {
      insert: inserts === 'true',
      update: updates === 'true',
      delete: deletes === 'true',
      truncate: truncates === 'true',
    },
    viaRoot: viaRoot === 'true',
    generatedColumns: generated === 's',
    schemas: schemas.map(([schema]) => schema ?? ''),
    tables: tables.map(([schema, table, entry, filter, columns]) => ({
      schema: schema ?? '',
      name: table ?? '',
      oid: Number(entry),
      columns: columns ? (JSON.parse(columns) as string[]) : null,
      rowFilter: filter === 'true',
    })),
  };
}
