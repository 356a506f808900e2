import type { PGlite } from '@electric-sql/pglite';
import { queryIn } from './load-facts.ts';
import type { TreeNode } from './node-tree.ts';

/**
 * Has Postgres analyse a query, and reads what it made of it.
 *
 * The only way to see the tree in SQL is to let it be stored: a function whose body is no string keeps it
 * (https://www.postgresql.org/docs/current/sql-createfunction.html, `sql_body`). Nothing of the function stays.
 *
 * @param types  of the parameters
 * @returns null for a statement that is empty
 */
export async function analyse(db: PGlite, text: string, types: readonly string[]): Promise<TreeNode | null> {
  return db.transaction(async (transaction) => {
    // The line break ends a comment that the text may end in.
    await transaction.exec(`${analysisHead(types)}${text}\n; end`);
    const { rows } = await transaction.query<{ body: string }>(
      `select prosqlbody::text as body from pg_proc
       where proname = 'typed_sql' and pronamespace = pg_my_temp_schema()`,
    );
    await transaction.rollback();
    return queryIn(rows[0]?.body ?? '<>');
  });
}

/** What is put before the text. */
export const analysisHead = (types: readonly string[]): string =>
  `create function pg_temp.typed_sql(${types.join(', ')}) returns void begin atomic `;
