import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { readLiveCatalog } from '../../catalog/index.ts';
import type { Catalog } from '../../catalog/types.ts';
import { SYSTEM_SQL } from '../../emit/system-sql.ts';
import type { Step } from '../index.ts';

/** A database on which plans are carried out, as `forge migrate apply` does it. */
export class RealDatabase {
  readonly #database: TestDatabase;
  #hasSystem = false;

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** Far from UTC, so that whatever depends on the session's time zone is seen. */
  static async open(serverUrl: string): Promise<RealDatabase> {
    const database = await createTestDatabase(serverUrl);
    await database.sql.unsafe(
      `alter database ${database.name} set time zone 'Asia/Kolkata';
       alter database ${database.name} set synchronous_commit = off`,
    );
    return new RealDatabase(database);
  }

  close(): Promise<void> {
    return this.#database.drop();
  }

  async run(sql: string): Promise<void> {
    await this.#database.sql.begin(async (tx) => {
      await tx.unsafe(`set local search_path to public; set local check_function_bodies = off; ${sql}`);
    });
  }

  /** A transaction each for labels, expand and contract. */
  async runPhases(steps: readonly Step[]): Promise<void> {
    for (const phase of ['labels', 'expand', 'contract']) {
      const due = steps.filter((step) => step.phase === phase);
      if (due.length > 0) await this.run(due.map(({ sql }) => sql).join('\n'));
    }
  }

  /** Puts a schema in the place of whatever was here. The framework's part is the same each time, and stays. */
  async create(sql: string): Promise<void> {
    const system = sql.startsWith(SYSTEM_SQL) ? SYSTEM_SQL : '';
    const kept = this.#hasSystem && system !== '' ? 'vibestack' : '';
    await this.run(`do $$ declare one text; begin
      for one in select format('drop publication %I', pubname) from pg_publication
        union all select format('drop extension %I cascade', extname) from pg_extension where extname <> 'plpgsql'
        union all select format('drop schema %I cascade', nspname) from pg_namespace
          where nspname !~ '^pg_' and nspname not in ('information_schema', '${kept}')
      loop execute one; end loop; end $$;
      create schema public; set search_path to public; ${kept ? sql.slice(system.length) : sql}`);
    this.#hasSystem = system !== '';
  }

  catalog(): Promise<Catalog> {
    return readLiveCatalog(this.#database.sql);
  }

  /** Rows of each query, with times in UTC. */
  async query<Row extends object>(...queries: readonly string[]): Promise<readonly (readonly Row[])[]> {
    const answer = await this.#database.sql.begin(async (tx) => {
      await tx`set local time zone 'UTC'`;
      const all: Row[][] = [];
      for (const sql of queries) all.push(await tx.unsafe<Row[]>(sql));
      return { all };
    });
    return answer.all;
  }
}
