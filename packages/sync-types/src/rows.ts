/**
 * A value as Postgres prints it in text format (`numeric` and `bigint` unrounded, timestamps with microseconds, arrays
 * as `{a,b}`), or null. Values travel in this form end to end; only the application's edge turns them into JavaScript.
 */
export type PgText = string | null;

/** Column name → value. A missing column is 'unchanged', never null. */
export type Row = Readonly<Record<string, PgText>>;

/**
 * A row's primary key as one string: the key values in key order, JSON-encoded when there is more than one.
 * Equal keys give equal strings; it names rows in outboxes, shadows and clocks.
 */
export function rowKey(key: readonly string[], row: Row): string {
  const values = key.map((column) => {
    const value = row[column];
    if (value === undefined || value === null) throw new TypeError(`Row lacks its key column '${column}'`);
    return value;
  });
  return values.length === 1 ? (values[0] as string) : JSON.stringify(values);
}

/** The inverse of {@link rowKey}: the key columns with their values. */
export function keyRow(key: readonly string[], encoded: string): Row {
  if (key.length === 1) return { [key[0] as string]: encoded };
  const values = JSON.parse(encoded) as string[];
  return Object.fromEntries(key.map((column, i) => [column, values[i] ?? null]));
}
