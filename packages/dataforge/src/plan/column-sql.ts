import type { ColumnEntry } from '../catalog/types.ts';
import type { Context } from './fills.ts';

/** A column as `CREATE TABLE` and `ADD COLUMN` want it. */
export function columnSql(name: string, column: ColumnEntry): string {
  const parts = [name, column.type];
  if (column.collation !== null) parts.push(`collate ${column.collation}`);
  if (column.generated) parts.push(`generated always as (${column.default ?? ''}) ${column.generated}`);
  else if (column.identity) parts.push(`generated ${column.identity} as identity`);
  else if (column.default !== null) parts.push(`default ${column.default}`);
  if (column.notNull) parts.push('not null');
  return parts.join(' ');
}

export function requireValue({ table, steps }: Pick<Context, 'table' | 'steps'>, name: string, because: string): void {
  const sql = `alter table ${table} alter column ${name} set not null;`;
  steps.add('require', sql, `Requires a value in ${table}.${name}, which ${because}`, { risk: 'data', table });
}
