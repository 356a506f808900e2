import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { cube } from '@electric-sql/pglite/contrib/cube';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { ltree } from '@electric-sql/pglite/contrib/ltree';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { readCatalog } from '../catalog/read.ts';
import type { Catalog } from '../catalog/types.ts';
import { startFromImage } from './boot-image.ts';

const extensions = {
  btree_gin,
  btree_gist,
  citext,
  cube,
  hstore,
  ltree,
  pg_trgm,
  unaccent,
} satisfies PGliteOptions['extensions'];

/** A database in memory in which plans are tried and proved. */
export class Shadow {
  readonly #db: PGlite;

  private constructor(db: PGlite) {
    this.#db = db;
  }

  static async open(): Promise<Shadow> {
    return new Shadow(await startFromImage(extensions));
  }

  /** Forgets everything that was made here. */
  async reset(): Promise<void> {
    const { rows } = await this.#db.query<{ sql: string }>(
      `select format('drop publication %I', pubname) as sql from pg_publication
       union all select format('drop schema %I cascade', nspname) from pg_namespace
         where nspname !~ '^pg_' and nspname <> 'information_schema'
       union all select format('drop extension if exists %I cascade', extname) from pg_extension where extname <> 'plpgsql'`,
    );
    await this.#db.exec([...rows.map(({ sql }) => sql), 'create schema public', 'set search_path to public'].join(';'));
  }

  /** Runs a script as a migration runs: whole or not at all. @throws what Postgres says */
  async run(sql: string): Promise<void> {
    await this.#db.exec('begin; set local check_function_bodies = off');
    try {
      await this.#db.exec(sql);
      await this.#db.exec('commit');
    } catch (error) {
      await this.#db.exec('rollback');
      throw error;
    }
  }

  catalog(): Promise<Catalog> {
    return readCatalog(async (sql) => (await this.#db.query<object>(sql)).rows);
  }

  /** The database itself, for who describes queries in it. */
  get database(): PGlite {
    return this.#db;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
