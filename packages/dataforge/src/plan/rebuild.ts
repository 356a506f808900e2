import type { Catalog, ColumnEntry, ConstraintEntry, TableEntry } from '../catalog/types.ts';
import { definitionOf, identify } from './constraints.ts';
import { moves } from './moves.ts';
import { replacedTypes } from './replaced-types.ts';
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
  /** Calls a function that another of the same name replaces. */
  calls(definition: string): boolean;
  /** Calls such a function, or speaks of a type that another of the same name replaces. */
  leansOn(definition: string): boolean;
  constraint(table: string, name: string): boolean;
  index(table: string, name: string): boolean;
  trigger(table: string, name: string): boolean;
  view(name: string): boolean;
  /** A type of that name is replaced by another with the same name. */
  type(name: string): boolean;
  /** A function is dropped and made again. */
  function(name: string): boolean;
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
  const mentionsType = (definition: string) => [...types].some((type) => mentions(definition, type));
  const functions = new Set(
    compare(from.functions, to.functions)
      .kept.filter(
        ([, before, after]) => before.shape !== after.shape || before.kind !== after.kind || mentionsType(after.shape),
      )
      .map(([name]) => name),
  );
  const calls = (definition: string) => [...functions].some((name) => mentions(definition, name.replace(/\(.*$/, '')));
  const leansOn = (definition: string) => mentionsType(definition) || calls(definition);
  const computed = new Map(
    shared.map(([table, before, after]) => [table, computedAnew(before, after, changed.get(table), leansOn)]),
  );
  const isComputed = (table: string, name: string) => computed.get(table)?.has(name) ?? false;
  const touches = (table: string, definition: string) =>
    [...(changed.get(table) ?? []), ...(computed.get(table) ?? [])].some((name) => mentions(definition, name));
  const views = viewsToRebuild(
    from,
    to,
    (table) => [...(changed.get(table) ?? []), ...(computed.get(table) ?? [])],
    leansOn,
  );

  const constraint = (table: string, name: string): boolean => {
    const entry = from.tables[table]?.constraints[name];
    if (!entry) return false;
    if (entry.columns.some((one) => isComputed(table, one))) return true;
    if (entry.kind === 'foreign') return referenceGoes(table, entry);
    if (entry.kind === 'primary' || entry.kind === 'unique') return false;
    return touches(table, entry.definition) || leansOn(entry.definition);
  };
  const index = (table: string, name: string): boolean => {
    const definition = from.tables[table]?.indices[name]?.definition ?? '';
    if ([...(computed.get(table) ?? [])].some((one) => mentions(definition, one))) return true;
    const simple = !/\(.*[( ].*\)| WHERE /.test(definition);
    return !simple && (touches(table, definition) || leansOn(definition));
  };
  const referenceGoes = (table: string, { columns, references }: ConstraintEntry): boolean =>
    references !== null &&
    (columns.some((name) => column(table, name)) ||
      references.columns.some((name) => column(references.table, name)) ||
      goes(references.table, references.by));
  /** A constraint or index that references may lean on is dropped. */
  const goes = (table: string, name: string): boolean => {
    const [before, after] = [from.tables[table], to.tables[table]];
    if (!before || !after) return false; // together with its table, and then the reference goes with that
    const isDropped = ({ removed }: { readonly removed: readonly (readonly [string, unknown])[] }) =>
      removed.some(([one]) => one === name);
    const [had, has] = [withoutReferences(before), withoutReferences(after)];
    return (
      isDropped(moves(had, has, definitionOf, (one) => constraint(table, one))) ||
      isDropped(moves(before.indices, after.indices, identify, (one) => index(table, one)))
    );
  };
  return {
    column,
    computed: isComputed,
    calls,
    leansOn,
    type: (name) => types.has(baseType(name)),
    function: (name) => functions.has(name),
    constraint,
    index,
    trigger: (table, name) => {
      const definition = from.tables[table]?.triggers[name]?.definition ?? '';
      return touches(table, definition) || leansOn(definition);
    },
    view: (name) => views.has(name),
  };
}

const withoutReferences = ({ constraints }: TableEntry): Record<string, ConstraintEntry> =>
  Object.fromEntries(Object.entries(constraints).filter(([, { kind }]) => kind !== 'foreign'));

const retyped = (old: ColumnEntry, now: ColumnEntry, types: ReadonlySet<string>): boolean =>
  old.type !== now.type || old.collation !== now.collation || types.has(baseType(now.type));

/** Generated columns cannot become another kind of themselves, and cannot change under what they are computed from. */
function computedAnew(
  before: TableEntry,
  after: TableEntry,
  retypedColumns: ReadonlySet<string> | undefined,
  leansOn: (definition: string) => boolean,
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
    if (moved || (old.generated && (below || leansOn(expression)))) out.add(name);
  }
  return out;
}

/** @param moved  columns of a table that change under a view */
function viewsToRebuild(
  from: Catalog,
  to: Catalog,
  moved: (table: string) => readonly string[],
  leansOn: (definition: string) => boolean,
): Set<string> {
  const out = new Set<string>();
  const tables = Object.keys(from.tables).filter((table) => moved(table).length > 0);
  for (const [name, { definition }] of Object.entries(from.views)) {
    const below = [...tables, ...out].some((other) => mentions(definition, other));
    if (to.views[name]?.definition !== definition || below || leansOn(definition)) out.add(name);
  }
  return out;
}
