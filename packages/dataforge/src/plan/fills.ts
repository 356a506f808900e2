import type { TableEntry } from '../catalog/types.ts';
import type { Facts } from './facts.ts';
import type { Rebuild } from './rebuild.ts';
import { mentions, type Risk, type Steps } from './step.ts';

/** A table that stays, and what is being planned for it. */
export interface Context {
  readonly table: string;
  readonly before: TableEntry;
  readonly after: TableEntry;
  readonly steps: Steps;
  readonly rebuild: Rebuild;
  readonly facts: Facts;
  readonly backfills: Backfills;
  readonly fills: Fill[];
}

/** What the model says about present rows, where a catalog cannot: `table.column` → SQL expression. */
export type Backfills = ReadonlyMap<string, string>;

/** Values for rows that are there. */
export interface Fill {
  readonly table: string;
  readonly column: string;
  readonly expression: string;
  readonly sql: string;
  readonly why: string;
  readonly risk: Risk;
}

/** A backfill may read what another one fills: a scope that is copied from a parent which has just got it from its own. */
export function planFills(fills: readonly Fill[], steps: Steps): void {
  const done = new Set<Fill>();
  const visit = (fill: Fill, path: readonly Fill[]): void => {
    if (done.has(fill) || path.includes(fill)) return;
    for (const other of fills) if (reads(fill, other)) visit(other, [...path, fill]);
    done.add(fill);
    steps.add('fill', fill.sql, fill.why, { risk: fill.risk, table: fill.table });
  };
  for (const fill of fills) visit(fill, []);
}

const reads = (fill: Fill, other: Fill): boolean =>
  fill !== other &&
  mentions(fill.expression, other.column) &&
  (fill.table === other.table || mentions(fill.expression, other.table));

/**
 * An update that is nobody's edit. Triggers that answer any update by changing the row (`updated_at`) sleep meanwhile:
 * what stands in other columns stays. Those that watch the column do their work. What is checked late is checked at
 * once, for Postgres alters no table with checks to come.
 */
export function updateSql({ table, before, after, rebuild, facts }: Context, assignment: string): string {
  const sleepers = Object.entries(before.triggers).filter(
    ([name, { definition, enabled }]) =>
      enabled !== 'disabled' &&
      after.triggers[name]?.definition === definition &&
      !rebuild.trigger(table, name) &&
      / BEFORE (?:INSERT OR |DELETE OR )*UPDATE (?!OF )/.test(definition),
  );
  return [
    ...sleepers.map(([name]) => `alter table ${table} disable trigger ${name};`),
    `update ${table} set ${assignment};`,
    ...(facts.hasDeferrable ? ['set constraints all immediate;'] : []),
    ...sleepers.map(([name, { enabled }]) => `alter table ${table} ${ENABLE[enabled]} trigger ${name};`),
  ].join('\n');
}

/** How a trigger comes to fire when it does. */
export const ENABLE = {
  origin: 'enable',
  always: 'enable always',
  replica: 'enable replica',
  disabled: 'disable',
} as const;
