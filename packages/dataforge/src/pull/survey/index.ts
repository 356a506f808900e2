import { OTHERS } from './programs.ts';
import type { Finding } from './rule.ts';
import { TABLES } from './tables.ts';

export type { Finding };

/** Looks for everything that the catalog of a plan does not know, and the model cannot say. */
export async function survey(
  query: (sql: string) => Promise<readonly { key: string; subject: string }[]>,
): Promise<Finding[]> {
  const out: Finding[] = [];
  for (const { code, sql, loses, says, fix } of [...TABLES, ...OTHERS]) {
    for (const { key, subject } of await query(sql)) {
      out.push({ problem: { code, message: says(subject), fix }, loses: loses ? key : null });
    }
  }
  return out;
}
