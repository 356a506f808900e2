import type { Database } from '../store/index.ts';

/** Tables that a query reads; `all` when that cannot be told. */
export type Dependencies = ReadonlySet<string> | 'all';

/**
 * Asks Postgres's planner which tables a query reads, through views, CTEs and subqueries. A function of the
 * application's may read anything, so a query that calls one depends on every table.
 */
export async function dependenciesOf(db: Pick<Database, 'query' | 'exec'>, sql: string): Promise<Dependencies> {
  try {
    const functions = await db.query<{ proname: string }>(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname not in ('pg_catalog', 'information_schema', 'vibestack') and p.prorettype <> 'trigger'::regtype`,
    );
    if (functions.rows.some(({ proname }) => sql.toLowerCase().includes(proname.toLowerCase()))) return 'all';
    // By the simple protocol: parameters stay open, and so does the plan.
    const [plan] = await db.exec(`explain (generic_plan, verbose, format json) ${sql}`);
    const out = new Set<string>();
    collect(plan?.rows, out);
    return out;
  } catch {
    return 'all'; // a query that does not plan fails when it runs, and that is where its error belongs
  }
}

function collect(node: unknown, out: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, out);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'Relation Name' && typeof value === 'string') out.add(value);
      else collect(value, out);
    }
  }
}
