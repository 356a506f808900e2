import type { Catalog, TableEntry } from '../catalog/types.ts';
import { columnSql, planColumns, type Backfills } from './columns.ts';
import { createConstraints, planConstraints } from './constraints.ts';
import type { Rebuild } from './rebuild.ts';
import { compare, literal, type Steps } from './step.ts';

/** Tables with everything that belongs to them. */
export function planTables(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild, backfills: Backfills): void {
  const { added, removed, kept } = compare(from.tables, to.tables);
  for (const [table, entry] of added) createTable(table, entry, steps);
  for (const [table] of removed) {
    // Foreign keys go with the table, whichever way they lead.
    steps.add('dropTable', `drop table ${table} cascade;`, `Drops ${table} and all its rows`, {
      risk: 'destructive',
      phase: 'contract',
      table,
    });
  }
  for (const [table, before, after] of kept) {
    planColumns({ table, steps, rebuild, backfills }, before.columns, after.columns);
    planConstraints(table, before, after, steps, rebuild);
    planTriggers(table, before, after, steps, rebuild);
    planIdentity(table, before, after, steps, rebuild);
    comment(steps, `table ${table}`, before.comment, after.comment);
    for (const [column, { comment: now }] of Object.entries(after.columns)) {
      comment(steps, `column ${table}.${column}`, before.columns[column]?.comment ?? null, now);
    }
  }
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
  planIdentity(table, empty, entry, steps, null);
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
    const verb = { origin: 'enable', always: 'enable always', replica: 'enable replica', disabled: 'disable' }[enabled];
    steps.add('trigger', `alter table ${table} ${verb} trigger ${name};`, `Says when trigger ${name} fires`);
  }
}

function planIdentity(
  table: string,
  before: TableEntry,
  after: TableEntry,
  steps: Steps,
  rebuild: Rebuild | null,
): void {
  const now = after.replicaIdentity;
  const named = !['default', 'full', 'nothing'].includes(now);
  const definition = (entry: TableEntry) => entry.indices[now]?.definition ?? entry.constraints[now]?.definition;
  const remade = named && (definition(before) !== definition(after) || (rebuild?.index(table, now) ?? false));
  if (before.replicaIdentity === now && !remade) return;
  const sql = `alter table ${table} replica identity ${named ? `using index ${now}` : now};`;
  steps.add('identity', sql, `Says which old values of ${table} the WAL carries`);
}

function comment(steps: Steps, what: string, before: string | null, after: string | null): void {
  if (before === after) return;
  const sql = `comment on ${what} is ${after === null ? 'null' : literal(after)};`;
  steps.add('comment', sql, `Describes ${what}`);
}
