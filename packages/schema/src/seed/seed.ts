import postgres from 'postgres';
import { schema } from '../../generated/server/index.ts';
import { makeDataset, type Dataset, type Size } from './dataset.ts';

export interface SeedOptions {
  readonly size: Size;
  /** Rows written so far, and rows in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Parents first: the model knows the order. */
const TABLES = schema.tables.map(({ name }) => name as keyof Dataset);

/** Rows of one statement. */
const BATCH = 2_000;

/**
 * Fills an empty, migrated database with the example's data.
 *
 * @returns `seeded: false`, and nothing is written, when there are people already
 */
export async function seed(url: string, { size, onProgress }: SeedOptions): Promise<{ seeded: boolean; rows: number }> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const [known] = await sql`select 1 from person limit 1`;
    if (known) return { seeded: false, rows: 0 };
    const dataset = makeDataset(size);
    const total = TABLES.reduce((sum, table) => sum + dataset[table].length, 0);
    let done = 0;
    await sql.begin(async (tx) => {
      for (const table of TABLES) {
        for (let at = 0; at < dataset[table].length; at += BATCH) {
          done += await insert(tx, table, dataset[table].slice(at, at + BATCH));
          onProgress?.(done, total);
        }
      }
    });
    return { seeded: true, rows: total };
  } finally {
    await sql.end();
  }
}

async function insert(tx: postgres.TransactionSql, table: keyof Dataset, rows: readonly object[]): Promise<number> {
  const columns = Object.keys(rows[0] ?? {});
  const names = columns.map((column) => `"${column}"`).join(', ');
  await tx.unsafe(
    `insert into "${table}" (${names}) select ${names} from json_populate_recordset(null::"${table}", $1::text::json)`,
    [JSON.stringify(rows)],
  );
  return rows.length;
}
