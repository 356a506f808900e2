import type { Catalog, ConstraintEntry, IndexEntry, TableEntry } from '../catalog/types.ts';
import type { Context } from './fills.ts';
import { moves } from './moves.ts';
import { asideOf, unqualified } from './names.ts';
import { compare, mentions, type Risk, type Steps } from './step.ts';

interface ConstraintMoves {
  readonly renamings: readonly Renaming[];
  /** Names of what is gone before rows are filled. */
  readonly early: ReadonlySet<string>;
  /** Names of what is made. */
  readonly made: ReadonlySet<string>;
}

/** A constraint or index that is only called otherwise. */
export interface Renaming {
  readonly what: 'constraint' | 'index';
  readonly table: string;
  readonly old: string;
  readonly now: string;
}

/** Constraints and indices of a table that stays. */
export function planConstraints({ table, before, after, steps, rebuild }: Context): ConstraintMoves {
  const computed = Object.keys(after.columns).filter((name) => rebuild.computed(table, name));
  const isSettled = (definition: string) => !computed.some((name) => mentions(definition, name));
  const constraints = moves(before.constraints, after.constraints, definitionOf, (name) =>
    rebuild.constraint(table, name),
  );
  // Rows that are filled are told apart by the key, or by the index that stands for it: these go after that, if they can.
  const isLate = (name: string, entry: ConstraintEntry | IndexEntry) =>
    (name === before.replicaIdentity || ('kind' in entry && entry.kind === 'primary')) &&
    !Object.keys(before.columns).some(
      (one) => (rebuild.column(table, one) || rebuild.computed(table, one)) && mentions(entry.definition, one),
    );
  const early = new Set<string>();
  for (const [name, entry] of constraints.removed) {
    if (isLate(name, entry)) dropConstraint(steps, table, name, entry, 'dropKey');
    else dropConstraint(steps, table, name, entry);
    if (!isLate(name, entry)) early.add(name);
  }
  for (const [name, entry] of constraints.added) {
    const fits = constraints.remade.has(name) && isSettled(entry.definition);
    addConstraint(steps, table, name, entry, fits ? 'blocking' : 'data');
  }
  const indices = moves(before.indices, after.indices, identify, (name) => rebuild.index(table, name));
  for (const [name, entry] of indices.removed) {
    if (!isLate(name, entry)) early.add(name);
    steps.add(
      isLate(name, entry) ? 'dropKey' : 'dropConstraint',
      `drop index ${beside(table, name)};`,
      `Drops index ${name} of ${table}`,
    );
  }
  for (const [name, entry] of indices.added) {
    const fits = !entry.unique || (indices.remade.has(name) && isSettled(entry.definition));
    addIndex(steps, table, name, entry, fits ? 'blocking' : 'data');
  }
  return {
    renamings: [
      ...constraints.renamed.map(([old, now]): Renaming => ({ what: 'constraint', table, old, now })),
      ...indices.renamed.map(([old, now]): Renaming => ({ what: 'index', table, old, now })),
    ],
    early,
    made: new Set([...constraints.added, ...indices.added].map(([name]) => name)),
  };
}

export const definitionOf = ({ definition }: ConstraintEntry): string => definition;
export const identify = ({ unique, definition }: IndexEntry): string => `${unique} ${definition}`;

/** Names of indices are shared by all tables: one that something else will have is given up first. */
export function planRenamings(renamings: readonly Renaming[], from: Catalog, to: Catalog, steps: Steps): void {
  const wanted = new Set(Object.values(to.tables).flatMap(namesIn));
  const goes = compare(from.tables, to.tables).removed.flatMap(([table, entry]) =>
    namesIn(entry).map((old): Renaming => {
      return { what: old in entry.constraints ? 'constraint' : 'index', table, old, now: asideOf(old) };
    }),
  );
  for (const renaming of [...renamings, ...goes].filter(({ old }) => wanted.has(old))) {
    const aside = { ...renaming, now: asideOf(renaming.old) };
    steps.add('nameAside', renamingSql(aside), `Gives up the name of ${renaming.what} ${renaming.old}`);
  }
  for (const renaming of renamings) {
    const old = wanted.has(renaming.old) ? asideOf(renaming.old) : renaming.old;
    steps.add('name', renamingSql({ ...renaming, old }), `Renames ${renaming.what} ${renaming.old}`);
  }
}

const namesIn = ({ constraints, indices }: TableEntry): string[] => [
  ...Object.keys(constraints),
  ...Object.keys(indices),
];

const renamingSql = ({ what, table, old, now }: Renaming): string =>
  what === 'constraint'
    ? `alter table ${table} rename constraint ${old} to ${now};`
    : `alter index ${beside(table, old)} rename to ${now};`;

/** Constraints and indices of a new table: nothing is there that could be slow or wrong. */
export function createConstraints(table: string, entry: TableEntry, steps: Steps): void {
  for (const [name, constraint] of Object.entries(entry.constraints)) {
    if (constraint.kind === 'foreign') addConstraint(steps, table, name, constraint, 'none');
  }
  for (const [name, index] of Object.entries(entry.indices)) addIndex(steps, table, name, index, 'none');
}

/** An index's name in the schema of its table. */
const beside = (table: string, name: string): string => table.slice(0, -unqualified(table).length) + name;

export function dropConstraint(
  steps: Steps,
  table: string,
  name: string,
  { kind }: ConstraintEntry,
  stage: 'dropForeignKey' | 'dropConstraint' | 'dropKey' = kind === 'foreign' ? 'dropForeignKey' : 'dropConstraint',
): void {
  steps.add(stage, `alter table ${table} drop constraint ${name};`, `Drops constraint ${name} of ${table}`);
}

const WHY: Readonly<Record<ConstraintEntry['kind'], string>> = {
  primary: 'Makes the key of',
  unique: 'Allows no duplicates in',
  check: 'Checks rows of',
  foreign: 'Holds references of',
  exclusion: 'Excludes overlaps in',
};

function addConstraint(steps: Steps, table: string, name: string, entry: ConstraintEntry, risk: Risk): void {
  const stage = entry.kind === 'foreign' ? 'foreignKey' : 'constraint';
  const sql = `alter table ${table} add constraint ${name} ${entry.definition};`;
  const where = entry.kind === 'foreign' ? `${table} to ${entry.references?.table ?? ''}` : table;
  steps.add(stage, sql, `${WHY[entry.kind]} ${where}`, { risk, table });
}

function addIndex(steps: Steps, table: string, name: string, { unique, definition }: IndexEntry, risk: Risk): void {
  const sql = `create ${unique ? 'unique ' : ''}index ${name} on ${table} ${definition};`;
  steps.add('constraint', sql, `Indexes ${table}`, { risk, table });
}
