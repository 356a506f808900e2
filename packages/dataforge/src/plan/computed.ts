import type { ColumnEntry } from '../catalog/types.ts';
import { objectName, quote } from '../ir/names.ts';
import { columnSql, requireValue } from './column-sql.ts';
import { updateSql, type Context } from './fills.ts';
import { bare } from './names.ts';

/** Values are required last, for what they are computed from may have to be filled before. */
export function addComputed(context: Context, name: string, column: ColumnEntry, stage: 'column' | 'generated'): void {
  const { table, steps } = context;
  const sql = `alter table ${table} add column ${columnSql(name, { ...column, notNull: false })};`;
  const why = stage === 'column' ? `Adds ${table}.${name}` : `Computes ${table}.${name} anew`;
  steps.add(stage, sql, why, { risk: column.generated === 'stored' ? 'rewrite' : 'none', table });
  if (column.notNull) requireValue(context, name, 'may be computed from nothing');
}

/** Postgres alters no computation: the column goes, and comes back computed. */
export function replaceComputed(context: Context, name: string, old: ColumnEntry, now: ColumnEntry): void {
  const { table, steps } = context;
  const why = `Makes room for another ${table}.${name}`;
  const risk = old.generated ? 'none' : 'destructive';
  steps.add('dropGenerated', `alter table ${table} drop column ${name};`, why, { risk, table });
  addComputed(context, name, now, 'generated');
}

/**
 * What was never stored is stored beside, in a column that takes its name. That is done first of all, while what it is
 * computed from is still what it was.
 *
 * @returns the column that it is then
 */
export function settleComputed(context: Context, name: string, old: ColumnEntry): ColumnEntry {
  const { table, steps } = context;
  const spare = quote(objectName(bare(name), '_new'));
  const plain: ColumnEntry = { ...old, generated: null, default: null, notNull: false };
  const sql = `alter table ${table} add column ${columnSql(spare, plain)};\n${updateSql(context, `${spare} = ${name}`)}`;
  steps.add('settle', sql, `Keeps the computed values of ${table}.${name}`, { risk: 'rewrite', table });
  const swap = `alter table ${table} drop column ${name};\nalter table ${table} rename column ${spare} to ${name};`;
  steps.add('dropGenerated', swap, `Makes them values of ${table}.${name} itself`, { table });
  return plain;
}
