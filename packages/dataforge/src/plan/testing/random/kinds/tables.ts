import { newTable, randomColumn, referTo, scopeAlong } from '../base.ts';
import { addDetails } from '../details.ts';
import type { Pair } from '../pair.ts';
import type { TableSketch } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

/** A table that refers to one that stays, or lies in its scope. */
function build(pair: Pair): { readonly table: TableSketch; readonly parent: TableSketch | undefined } {
  const { random } = pair;
  const table = newTable(pair, random.pick(['uuid', 'integer', 'text']));
  for (let i = random.between(1, 3); i > 0; i--) table.columns.push(randomColumn(random, pair, pair.before));
  addDetails(random, pair, pair.before, table);
  const parent = pair.table(
    ({ side, key }) => side === 'both' && key.length === 1 && key.every((id) => pair.isFree(id, 'type')),
  );
  if (!parent) return { table, parent };
  const { key, columns } = referTo(pair, parent, { nullable: false });
  table.columns.push(...columns);
  table.foreignKeys.push(key);
  return { table, parent };
}

/** Puts the new table into the scope of the parent that it refers to, where that is one with a column of its own. */
function enterScope(pair: Pair, table: TableSketch, parents: readonly (TableSketch | undefined)[]): void {
  const [key] = table.foreignKeys;
  const [parent, ...others] = parents;
  const along = parent?.scope?.column ?? null;
  if (table.columns.some(({ generated }) => generated?.kind === 'virtual')) return;
  if (!key || !parent || along === null || parent.key.includes(along) || !pair.isFree(along, 'type')) return;
  scopeAlong(pair, table, parent, key, false);
  const leaned = parent.uniques.at(-1);
  for (const other of others)
    if (leaned && !other?.uniques.some(({ id }) => id === leaned.id)) other?.uniques.push(structuredClone(leaned));
}

const add = harmless('table added', (pair) => {
  const { table, parent } = build(pair);
  if (parent) for (const id of parent.key) pair.claim(id, 'type');
  pair.after.tables.push(table);
  return true;
});

/** The unique constraint that it leaned on goes with it. */
const drop = risky('table dropped', 'destructive', (pair) => {
  const { table, parent } = build(pair);
  if (parent) enterScope(pair, table, [pair.old(parent), parent]);
  pair.before.tables.push(table);
  return pair.claim(table.id, 'existence');
});

const rename = risky('table renamed', 'rename', (pair) => {
  const table = pair.table(({ id }) => pair.isFree(id, 'name'));
  if (!table || !pair.claim(table.id, 'name')) return false;
  table.name = pair.name();
  return true;
});

const swap = risky('tables swap their names', 'rename', (pair) => {
  const [one, other] = pair.random.shuffle(pair.kept().filter(({ id }) => pair.isFree(id, 'name')));
  if (!one || !other || !pair.claim(one.id, 'name') || !pair.claim(other.id, 'name')) return false;
  [one.name, other.name] = [other.name, one.name];
  return true;
});

const describe = harmless('table described', (pair) => {
  const table = pair.table(({ id }) => pair.isFree(id, 'description'));
  if (!table || !pair.claim(table.id, 'description')) return false;
  table.description = table.description === null ? "What it's for" : pair.random.pick([null, 'Something else']);
  return true;
});

export const tableKinds: readonly Kind[] = [add, drop, rename, swap, describe];
