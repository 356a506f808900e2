import type { Catalog, TableEntry } from '../catalog/types.ts';
import { literal } from '../ir/names.ts';
import { columnSql } from './column-sql.ts';
import { planColumns } from './columns.ts';
import { createConstraints, planConstraints, planRenamings, type Renaming } from './constraints.ts';
import { factsOf } from './facts.ts';
import { dropTable } from './going.ts';
import { ENABLE, planFills, type Backfills, type Context, type Fill } from './fills.ts';
import type { Rebuild } from './rebuild.ts';
import { compare, type Steps } from './step.ts';

/** Tables with everything that belongs to them. */
export function planTables(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild, backfills: Backfills): void {
  const { added, removed, kept } = compare(from.tables, to.tables);
  for (const [table, entry] of added) createTable(table, entry, steps);
  for (const [table, entry] of removed) dropTable({ table, steps, rebuild }, entry);
  const fills: Fill[] = [];
  const renamings: Renaming[] = [];
  const facts = factsOf(from, to);
  for (const [table, before, after] of kept) {
    const context: Context = { table, before, after, steps, rebuild, facts, backfills, fills };
    planColumns(context);
    const moved = planConstraints(context);
    renamings.push(...moved.renamings);
    planTriggers(table, before, after, steps, rebuild);
    const aside = identityAside(context, moved.early);
    planIdentity(table, before, after, steps, aside || moved.made.has(after.replicaIdentity));
    comment(steps, `table ${table}`, before.comment, after.comment);
    for (const [column, { comment: now }] of Object.entries(after.columns)) {
      // What is made anew has lost its description.
      const old = rebuild.computed(table, column) ? null : before.columns[column]?.comment;
      comment(steps, `column ${table}.${column}`, old ?? null, now);
    }
  }
  planFills(fills, steps);
  planRenamings(renamings, from, to, steps);
}

function createTable(table: string, entry: TableEntry, steps: Steps): void {
  const parts = [
    ...Object.entries(entry.columns).map(([name, column]) => columnSql(name, column)),
    ...Object.entries(entry.constraints)
      .filter(([, { kind }]) => kind !== 'foreign')
      .map(([name, { definition }]) => `constraint ${name} ${definition}`),
  ];
  steps.add('createTable', `create table ${table} (\n  ${parts.join(',\n  ')});`, `Creates ${table}`);
  createConstraints(table, entry, steps);
  const empty: TableEntry = {
    columns: {},
    constraints: {},
    indices: {},
    triggers: {},
    replicaIdentity: 'default',
    comment: null,
  };
  planTriggers(table, empty, entry, steps, null);
  planIdentity(table, empty, entry, steps, false);
  comment(steps, `table ${table}`, null, entry.comment);
  for (const [column, { comment: text }] of Object.entries(entry.columns)) {
    comment(steps, `column ${table}.${column}`, null, text);
  }
}

function planTriggers(
  table: string,
  before: TableEntry,
  after: TableEntry,
  steps: Steps,
  rebuild: Rebuild | null,
): void {
  const { added, removed, kept } = compare(before.triggers, after.triggers);
  const changed = kept.filter(
    ([name, old, now]) => old.definition !== now.definition || (rebuild?.trigger(table, name) ?? false),
  );
  for (const [name] of [...removed, ...changed]) {
    steps.add('dropTrigger', `drop trigger ${name} on ${table};`, `Drops trigger ${name} of ${table}`);
  }
  const made = [...added, ...changed.map(([name, , now]) => [name, now] as const)];
  for (const [name, { definition }] of made) {
    steps.add('trigger', `${definition};`, `Creates trigger ${name} of ${table}`);
  }
  const remade = new Set(made.map(([name]) => name));
  for (const [name, { enabled }] of Object.entries(after.triggers)) {
    const old = remade.has(name) ? 'origin' : (before.triggers[name]?.enabled ?? 'origin');
    if (old === enabled) continue;
    steps.add('trigger', `alter table ${table} ${ENABLE[enabled]} trigger ${name};`, `Says when trigger ${name} fires`);
  }
}

/**
 * Postgres refuses updates of a published table without a replica identity: where rows are filled while the index is gone
 * that tells them apart, the whole old row does it.
 *
 * @param early  names of constraints and indices that go before rows are filled
 */
function identityAside({ table, before, steps, facts, fills }: Context, early: ReadonlySet<string>): boolean {
  const { replicaIdentity, constraints } = before;
  const primary = Object.keys(constraints).find((name) => constraints[name]?.kind === 'primary');
  const isGone = early.has((replicaIdentity === 'default' ? primary : replicaIdentity) ?? '');
  if (!isGone || !facts.isPublished(table) || !fills.some((fill) => fill.table === table)) return false;
  const why = `Lets whole rows of ${table} say which they are, while their key is made anew`;
  steps.add('identityAside', `alter table ${table} replica identity full;`, why);
  return true;
}

function planIdentity(table: string, before: TableEntry, after: TableEntry, steps: Steps, again: boolean): void {
  const now = after.replicaIdentity;
  if (before.replicaIdentity === now && (!again || now === 'full')) return;
  const named = !['default', 'full', 'nothing'].includes(now);
  const sql = `alter table ${table} replica identity ${named ? `using index ${now}` : now};`;
  steps.add('identity', sql, `Says which old values of ${table} the WAL carries`);
}

function comment(steps: Steps, what: string, before: string | null, after: string | null): void {
  if (before === after) return;
  const sql = `comment on ${what} is ${after === null ? 'null' : literal(after)};`;
  steps.add('comment', sql, `Describes ${what}`);
}
