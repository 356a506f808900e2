import type { ConstraintEntry, IndexEntry, TableEntry } from '../catalog/types.ts';
import type { Rebuild } from './rebuild.ts';
import { compare, type Steps } from './step.ts';

/** Constraints and indices of a table that stays. */
export function planConstraints(
  table: string,
  before: TableEntry,
  after: TableEntry,
  steps: Steps,
  rebuild: Rebuild,
): void {
  const constraints = moves(
    before.constraints,
    after.constraints,
    ({ definition }) => definition,
    (name) => rebuild.constraint(table, name),
  );
  for (const [old, now] of constraints.renamed) {
    const sql = `alter table ${table} rename constraint ${old} to ${now};`;
    steps.add('dropConstraint', sql, `Renames constraint ${old}`);
  }
  for (const [name, entry] of constraints.removed) dropConstraint(steps, table, name, entry);
  for (const [name, entry] of constraints.added) addConstraint(steps, table, name, entry, true);

  const identify = ({ unique, definition }: IndexEntry) => `${unique} ${definition}`;
  const indices = moves(before.indices, after.indices, identify, (name) => rebuild.index(table, name));
  for (const [old, now] of indices.renamed) {
    steps.add('dropConstraint', `alter index ${qualify(table, old)} rename to ${now};`, `Renames index ${old}`);
  }
  for (const [name] of indices.removed) {
    steps.add('dropConstraint', `drop index ${qualify(table, name)};`, `Drops index ${name} of ${table}`);
  }
  for (const [name, entry] of indices.added) addIndex(steps, table, name, entry, true);
}

/** Constraints and indices of a new table: nothing is there that could be slow or wrong. */
export function createConstraints(table: string, entry: TableEntry, steps: Steps): void {
  for (const [name, constraint] of Object.entries(entry.constraints)) {
    if (constraint.kind === 'foreign') addConstraint(steps, table, name, constraint, false);
  }
  for (const [name, index] of Object.entries(entry.indices)) addIndex(steps, table, name, index, false);
}

const qualify = (table: string, name: string): string =>
  `${table.includes('.') ? table.replace(/\.[^.]*$/, '.') : ''}${name}`;

/** What has the same definition under another name is renamed; all else that differs goes and comes. */
function moves<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  identify: (entry: T) => string,
  mustGo: (name: string) => boolean,
) {
  const { removed, added, kept } = compare(before, after);
  const renamed: (readonly [string, string])[] = [];
  const gone = removed.filter(([old, entry]) => {
    if (mustGo(old)) return true;
    const at = added.findIndex(([, candidate]) => identify(candidate) === identify(entry));
    const [match] = at < 0 ? [] : added.splice(at, 1);
    if (match) renamed.push([old, match[0]]);
    return !match;
  });
  const changed = kept.filter(([name, old, now]) => identify(old) !== identify(now) || mustGo(name));
  return {
    renamed,
    removed: [...gone, ...changed.map(([name, old]): [string, T] => [name, old])],
    added: [...added, ...changed.map(([name, , now]): [string, T] => [name, now])],
  };
}

function dropConstraint(steps: Steps, table: string, name: string, { kind }: ConstraintEntry): void {
  const stage = kind === 'foreign' ? 'dropForeignKey' : 'dropConstraint';
  steps.add(stage, `alter table ${table} drop constraint ${name};`, `Drops constraint ${name} of ${table}`);
}

const WHY: Readonly<Record<ConstraintEntry['kind'], string>> = {
  primary: 'Makes the key of',
  unique: 'Allows no duplicates in',
  check: 'Checks rows of',
  foreign: 'Holds references of',
  exclusion: 'Excludes overlaps in',
};

function addConstraint(steps: Steps, table: string, name: string, entry: ConstraintEntry, there: boolean): void {
  const stage = entry.kind === 'foreign' ? 'foreignKey' : 'constraint';
  const sql = `alter table ${table} add constraint ${name} ${entry.definition};`;
  const where = entry.kind === 'foreign' ? `${table} to ${entry.references?.table ?? ''}` : table;
  steps.add(stage, sql, `${WHY[entry.kind]} ${where}`, { risk: there ? 'data' : 'none', table });
}

function addIndex(steps: Steps, table: string, name: string, { unique, definition }: IndexEntry, there: boolean): void {
  const sql = `create ${unique ? 'unique ' : ''}index ${name} on ${table} ${definition};`;
  const risk = there ? (unique ? 'data' : 'blocking') : 'none';
  steps.add('constraint', sql, `Indexes ${table}`, { risk, table });
}
