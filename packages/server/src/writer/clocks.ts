import type { RowClock } from '@vibestack/sync-core';
import { hlcFromBigInt, hlcToBigInt, type Hlc } from '@vibestack/sync-types';
import type { Sql } from '../database/pool.ts';

/** The clocks of some rows, by row key; rows that nobody clocked are missing. */
export async function readClocks(sql: Sql, table: string, keys: readonly string[]): Promise<Map<string, RowClock>> {
  const rows = await sql.rows(
    `select row_key, base::text as base, deleted::text as deleted,
            (select coalesce(json_object_agg(key, value), '{}') from jsonb_each_text(columns))::text as columns
     from vibestack.row_clock where table_name = $1 and row_key in (select json_array_elements_text($2::json))
     for update`,
    [table, JSON.stringify(keys)],
  );
  return new Map(rows.map((row) => [row['row_key'] ?? '', readClock(row)]));
}

function readClock(row: Readonly<Record<string, string | null>>): RowClock {
  const columns = JSON.parse(row['columns'] ?? '{}') as Record<string, string>;
  return {
    base: hlcFromBigInt(BigInt(row['base'] ?? 0)),
    columns: Object.fromEntries(Object.entries(columns).map(([name, clock]) => [name, hlcFromBigInt(BigInt(clock))])),
    deleted: row['deleted'] === 'true',
  };
}

/** Clocks columns, also those whose value did not change: who wrote last counts, not who wrote differently. */
export async function clockColumns(
  sql: Sql,
  table: string,
  key: string,
  columns: readonly string[],
  clock: Hlc,
): Promise<void> {
  const value = hlcToBigInt(clock).toString();
  // Numbers in jsonb are exact (numeric), so a 63-bit clock survives.
  const patch = `{${columns.map((column) => `${JSON.stringify(column)}:${value}`).join(',')}}`;
  await sql.rows(
    `insert into vibestack.row_clock (table_name, row_key, base, columns) values ($1, $2, 0, $3::jsonb)
     on conflict (table_name, row_key) do update set columns = vibestack.row_clock.columns || excluded.columns`,
    [table, key, patch],
  );
}
