import { newTable, referTo, scopeAlong } from '../base.ts';
import type { Pair } from '../pair.ts';
import { newColumn, type TableSketch } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

const isLed = ({ after }: Pair, { id }: TableSketch): boolean =>
  after.tables.some(({ scope, foreignKeys }) =>
    foreignKeys.some((key) => key.table === id && key.id === scope?.along?.key),
  );

/** Neither the scope's root, nor the table of its members, nor one that others lie along; made where there is none. */
function movable(pair: Pair, accept: (table: TableSketch) => boolean): TableSketch | undefined {
  const special = new Set(pair.after.tables.slice(0, 2).map(({ id }) => id));
  return pair.table(
    (table) =>
      !special.has(table.id) &&
      !isLed(pair, table) &&
      accept(table) &&
      pair.isFree(table.id, 'scope') &&
      pair.isFree(table.id, 'key') &&
      ![table, pair.old(table)].some(({ columns }) => columns.some(({ generated }) => generated?.kind === 'virtual')),
  );
}

/** A required column that leads to the root, with values that rows have before. */
function toRoot(pair: Pair, table: TableSketch): string {
  const [root] = pair.after.tables;
  if (!root) throw new Error('There is no root.');
  for (const id of root.key) pair.claim(id, 'type');
  const { key, columns } = referTo(pair, root, { nullable: false });
  for (const place of [table, pair.old(table)]) {
    place.columns.push(...structuredClone(columns));
    place.foreignKeys.push(structuredClone(key));
  }
  return key.columns[0] ?? '';
}

/** A table that lies in the scope through a column beside its key, and whose key stays. */
function leader(pair: Pair): TableSketch | undefined {
  const isOpen = ({ id, scope, key }: TableSketch) =>
    scope?.name === 'org' &&
    key.length === 1 &&
    !key.includes(scope.column ?? '') &&
    pair.isFree(id, 'scope') &&
    pair.isFree(id, 'key') &&
    [...key, scope.column ?? ''].every((one) => pair.isFree(one, 'type'));
  return pair.random.shuffle(pair.kept().slice(2)).find(isOpen);
}

/** A table below another one, in the global scope until now. */
function plantTable(pair: Pair): TableSketch {
  const table = newTable(pair, 'uuid');
  table.columns.push({ ...newColumn(pair.id('c'), pair.name(), 'text'), description: 'Planted' });
  pair.before.tables.push(structuredClone(table));
  pair.after.tables.push(table);
  return table;
}

/** Into the scope of another table, along a required reference to it that is there before. */
function follow(pair: Pair, parent: TableSketch, side: 'both' | null = null): TableSketch {
  const order = (one: TableSketch) => pair.after.tables.indexOf(one);
  const found = movable(
    pair,
    (one) =>
      one !== parent && order(one) > order(parent) && one.scope?.name !== 'org' && (side === null || one.side === side),
  );
  const table = found ?? plantTable(pair);
  for (const { id } of [table, parent]) pair.claim(id, 'scope');
  for (const id of [...parent.key, parent.scope?.column ?? '']) pair.claim(id, 'type');
  const { key, columns } = referTo(pair, parent, { nullable: false });
  const old = pair.old(table);
  old.columns.push(...structuredClone(columns));
  old.foreignKeys.push(structuredClone(key));
  table.columns.push(...columns);
  table.foreignKeys.push(key);
  table.side = 'both';
  scopeAlong(pair, table, parent, key, false);
  return table;
}

const isSynced = ({ side, scope }: TableSketch): boolean => side === 'both' && scope !== null;

function move(
  pair: Pair,

  accept: (table: TableSketch) => boolean,
  make: (table: TableSketch) => void,
): boolean {
  const table = movable(pair, accept);
  if (!table || !pair.claim(table.id, 'scope')) return false;
  make(table);
  return true;
}

export const scopeKinds: readonly Kind[] = [
  risky('table moves to the scope that it refers to', 'none', (pair) =>
    move(
      pair,
      ({ scope }) => scope?.name !== 'org',
      (table) => {
        table.side = 'both';
        table.scope = { name: 'org', column: toRoot(pair, table), along: null };
      },
    ),
  ),
  risky('table moves to the scope of its parent', 'data', (pair) => {
    const parent = leader(pair);
    return parent !== undefined && follow(pair, parent).scope !== null;
  }),
  risky('table moves to a scope, and another one follows', 'data', (pair) => {
    const parent = leader(pair);
    // What the second copies from the first is copied there in the same change; clients have to have had both.
    const first = parent && follow(pair, parent, 'both');
    return first?.key.length === 1 && follow(pair, first).scope !== null;
  }),
  harmless('table moves to the global scope', (pair) =>
    move(
      pair,
      ({ scope }) => scope?.name !== 'global' && !scope?.along,
      (table) => {
        table.side = 'both';
        table.scope = { name: 'global', column: null, along: null };
      },
    ),
  ),
  harmless('table on the server only', (pair) =>
    move(
      pair,
      (table) => isSynced(table) && !table.scope?.along,
      (table) => {
        table.side = 'server';
        table.scope = null;
        table.writers = [];
      },
    ),
  ),
];
