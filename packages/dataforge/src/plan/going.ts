import type { ColumnEntry, TableEntry } from '../catalog/types.ts';
import { dropConstraint } from './constraints.ts';
import type { Context } from './fills.ts';

/*
 * Columns and tables go when no old code runs any more. Until then they must not hold what changes before: a function
 * that is made anew, a key that references lean on.
 */

type Plan = Pick<Context, 'table' | 'steps' | 'rebuild'>;

export function dropColumn(plan: Plan, name: string, column: ColumnEntry): void {
  const { table, steps } = plan;
  const hasDefault = column.default !== null && !loosen(plan, name, column);
  if (column.notNull && !hasDefault && column.identity === null) {
    const sql = `alter table ${table} alter column ${name} drop not null;`;
    steps.add('relax', sql, `Lets new code insert into ${table} without ${name}, which goes`, { table });
  }
  const sql = `alter table ${table} drop column ${name};`;
  const why = `Drops ${table}.${name} and its values`;
  steps.add('dropColumn', sql, why, { risk: 'destructive', phase: 'contract', table });
}

export function dropTable(plan: Plan, { columns, constraints, triggers }: TableEntry): void {
  const { table, steps, rebuild } = plan;
  for (const [name, column] of Object.entries(columns)) loosen(plan, name, column);
  for (const [name, constraint] of Object.entries(constraints)) {
    const holds =
      constraint.kind === 'foreign' ? rebuild.constraint(table, name) : rebuild.calls(constraint.definition);
    if (holds) dropConstraint(steps, table, name, constraint);
  }
  for (const [name, { definition }] of Object.entries(triggers)) {
    if (!rebuild.calls(definition)) continue;
    steps.add('dropTrigger', `drop trigger ${name} on ${table};`, `Drops trigger ${name} of ${table}`);
  }
  // Other foreign keys go with the table, whichever way they lead.
  const why = `Drops ${table} and all its rows`;
  steps.add('dropTable', `drop table ${table} cascade;`, why, { risk: 'destructive', phase: 'contract', table });
}

/** Lets a default go that calls what is made anew. @returns whether it had to */
function loosen({ table, steps, rebuild }: Plan, name: string, { default: value, generated }: ColumnEntry): boolean {
  if (value === null || generated || !rebuild.calls(value)) return false;
  const sql = `alter table ${table} alter column ${name} drop default;`;
  steps.add('dropConstraint', sql, `Loosens ${table}.${name}, which goes, from a function that changes`);
  return true;
}
