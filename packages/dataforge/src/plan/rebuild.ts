import type { Catalog, ColumnEntry, ConstraintEntry, TableEntry } from '../catalog/types.ts';
import { compare, mentions } from './step.ts';

/**
 * What has to be taken down and put up again although it is the same before and after, because it leans on something
 * that changes under it.
 */
export interface Rebuild {
  /** The column changes its type, so everything that Postgres does not carry along must go first. */
  column(table: string, column: string): boolean;
  /** A column made anew: Postgres cannot alter how or from what it is computed. */
  computed(table: string, column: string): boolean;
  /** Calls a function that is dropped and made again. */
  calls(definition: string): boolean;
  constraint(table: string, name: string): boolean;
  index(table: string, name: string): boolean;
  trigger(table: string, name: string): boolean;
  view(name: string): boolean;
  /** A type of that name is replaced by another with the same name. */
  type(name: string): boolean;
  /** A function is dropped and made again. */
  function(name: string): boolean;
}

/** Types whose change is not an addition: enums that lose or reorder labels, domains on another base. */
function replacedTypes(from: Catalog, to: Catalog): Set<string> {
  const enums = compare(from.enums, to.enums).kept.filter(([, before, after]) => !isSubsequence(before, after));
  const domains = compare(from.domains, to.domains).kept.filter(([, before, after]) => before.type !== after.type);
  return new Set([...enums, ...domains].map(([name]) => name));
}

/** Old labels in their old order, whatever stands between them: `ALTER TYPE … ADD VALUE` leads there. */
export function isSubsequence(before: readonly string[], after: readonly string[]): boolean {
  let at = 0;
  for (const label of after) if (label === before[at]) at += 1;
  return at === before.length;
}

const baseType = (type: string): string => type.replace(/\[\]$/, '');

export function whatToRebuild(from: Catalog, to: Catalog): Rebuild {
  const types = replacedTypes(from, to);
  const changed = new Map<string, Set<string>>();
  const shared = compare(from.tables, to.tables).kept;
  for (const [table, before, after] of shared) {
    const columns = compare(before.columns, after.columns).kept.filter(([, old, now]) => retyped(old, now, types));
    changed.set(table, new Set(columns.map(([name]) => name)));
  }
  const column = (table: string, name: string) => changed.get(table)?.has(name) ?? false;
  const functions = new Set(
    compare(from.functions, to.functions)
      .kept.filter(([, before, after]) => before.shape !== after.shape || before.kind !== after.kind)
      .map(([name]) => name),
  );
  const callsDropped = (definition: string) =>
    [...functions].some((name) => mentions(definition, name.replace(/\(.*$/, '')));
  const computed = new Map(
    shared.map(([table, before, after]) => [table, computedAnew(before, after, changed.get(table), callsDropped)]),
  );
  const isComputed = (table: string, name: string) => computed.get(table)?.has(name) ?? false;
  const touches = (table: string, definition: string) =>
    [...(changed.get(table) ?? []), ...(computed.get(table) ?? [])].some((name) => mentions(definition, name));
  const mentionsType = (definition: string) => [...types].some((type) => mentions(definition, type));
  const goes = (table: string, name: string) => constraintGoes(from.tables[table], to.tables[table], name);
  const views = viewsToRebuild(from, to, changed, (definition) => callsDropped(definition) || mentionsType(definition));
  return {
    column,
    computed: isComputed,
    calls: callsDropped,
    type: (name) => types.has(baseType(name)),
    function: (name) => functions.has(name),
    constraint: (table, name) => {
      const entry = from.tables[table]?.constraints[name];
      if (!entry) return false;
      if (entry.columns.some((one) => isComputed(table, one))) return true;
      if (entry.kind === 'foreign') return foreignKeyMoves(table, entry, column, goes);
      if (entry.kind === 'primary' || entry.kind === 'unique') return false;
      return touches(table, entry.definition) || callsDropped(entry.definition) || mentionsType(entry.definition);
    },
    index: (table, name) => {
      const definition = from.tables[table]?.indices[name]?.definition ?? '';
      if ([...(computed.get(table) ?? [])].some((one) => mentions(definition, one))) return true;
      const simple = !/\(.*[( ].*\)| WHERE /.test(definition);
      return !simple && (touches(table, definition) || callsDropped(definition) || mentionsType(definition));
    },
    trigger: (table, name) => {
      const definition = from.tables[table]?.triggers[name]?.definition ?? '';
      return touches(table, definition) || callsDropped(definition);
    },
    view: (name) => views.has(name),
  };
}

const retyped = (old: ColumnEntry, now: ColumnEntry, types: ReadonlySet<string>): boolean =>
  old.type !== now.type || old.collation !== now.collation || types.has(baseType(now.type));

/** Generated columns cannot become another kind of themselves, and cannot change under what they are computed from. */
function computedAnew(
  before: TableEntry,
  after: TableEntry,
  retypedColumns: ReadonlySet<string> | undefined,
  callsDropped: (definition: string) => boolean,
): Set<string> {
  const out = new Set<string>();
  for (const [name, old, now] of compare(before.columns, after.columns).kept) {
    if (!old.generated && !now.generated) continue;
    const expression = old.default ?? '';
    const moved =
      old.generated !== now.generated
        ? now.generated !== null || old.generated === 'virtual'
        : old.default !== now.default;
    const below = [...(retypedColumns ?? [])].some((column) => column === name || mentions(expression, column));
    if (moved || (old.generated && (below || callsDropped(expression)))) out.add(name);
  }
  return out;
}

/** A constraint or index is not there any more in this form, under whatever name. */
function constraintGoes(before: TableEntry | undefined, after: TableEntry | undefined, name: string): boolean {
  const old = before?.constraints[name]?.definition ?? before?.indices[name]?.definition;
  const now = [...Object.values(after?.constraints ?? {}), ...Object.values(after?.indices ?? {})];
  return !now.some(({ definition }) => definition === old);
}

function foreignKeyMoves(
  table: string,
  { columns, references }: ConstraintEntry,
  column: (table: string, name: string) => boolean,
  goes: (table: string, name: string) => boolean,
): boolean {
  if (!references) return false;
  const there = references.table;
  return (
    columns.some((name) => column(table, name)) ||
    references.columns.some((name) => column(there, name)) ||
    goes(there, references.by)
  );
}

function viewsToRebuild(
  from: Catalog,
  to: Catalog,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
  leans: (definition: string) => boolean,
): Set<string> {
  const out = new Set<string>();
  const tables = [...changed].filter(([, columns]) => columns.size > 0).map(([table]) => table);
  for (const [name, { definition }] of Object.entries(from.views)) {
    const moved = to.views[name]?.definition !== definition;
    const below = [...tables, ...out].some((other) => mentions(definition, other));
    if (moved || below || leans(definition)) out.add(name);
  }
  return out;
}
