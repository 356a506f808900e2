import { referTo } from '../base.ts';
import type { Pair } from '../pair.ts';
import type { KeySketch, TableSketch } from '../sketch.ts';
import { DISTINCT } from '../values.ts';
import { harmless, risky, type Kind } from './kind.ts';

interface Reference {
  readonly table: TableSketch;
  readonly key: KeySketch;
}

/** Two tables of which the second may be referred to: the first made before it would be a circle. */
function ends(pair: Pair): { readonly table: TableSketch; readonly parent: TableSketch } | null {
  const open = pair
    .kept()
    .filter((one) => one.key.every((id) => pair.isFree(id, 'type')) && pair.isFree(one.id, 'key'));
  const parent = pair.random.shuffle(open)[0];
  const order = (one: TableSketch) => pair.after.tables.indexOf(one);
  const table =
    parent && pair.table((one) => order(one) >= order(parent) && (parent.side === 'both' || one.side === 'server'));
  if (!table) return null;
  for (const id of parent.key) pair.claim(id, 'type');
  return { table, parent };
}

/** A reference that is there before and after, and carries no scope. */
function reference(pair: Pair): Reference | null {
  const there = pair.kept().flatMap((table) =>
    table.foreignKeys
      .filter(
        ({ id }) =>
          id !== table.scope?.along?.key &&
          pair.old(table).foreignKeys.some((key) => key.id === id && key.columns.length > 0),
      )
      .filter(({ id, columns }) => columns.every((one) => one !== table.scope?.column) && pair.isFree(id, 'existence'))
      .filter(({ id }) => pair.old(table).scope?.along?.key !== id)
      .map((key) => ({ table, key })),
  );
  const found = pair.random.shuffle(there)[0] ?? plantReference(pair);
  return found && pair.claim(found.key.id, 'existence') ? found : null;
}

function plantReference(pair: Pair): Reference | null {
  const found = ends(pair);
  if (!found) return null;
  const { table, parent } = found;
  const { key, columns } = referTo(pair, parent, { nullable: true });
  for (const place of [table, pair.old(table)]) {
    place.columns.push(...structuredClone(columns));
    place.foreignKeys.push(structuredClone(key));
  }
  return { table, key: table.foreignKeys.at(-1) ?? key };
}

const references: readonly Kind[] = [
  risky('reference added', 'data', (pair) => {
    const found = ends(pair);
    if (!found) return false;
    const { key, columns } = referTo(pair, found.parent, { nullable: true });
    for (const place of [found.table, pair.old(found.table)]) place.columns.push(...structuredClone(columns));
    found.table.foreignKeys.push({ ...key, onDelete: pair.random.pick(['NO ACTION', 'CASCADE', 'SET NULL']) });
    return true;
  }),
  harmless('reference dropped', (pair) => {
    const found = reference(pair);
    if (!found) return false;
    found.table.foreignKeys = found.table.foreignKeys.filter(({ id }) => id !== found.key.id);
    return true;
  }),
  risky('reference follows another rule', 'data', (pair) => {
    const found = reference(pair);
    if (!found) return false;
    found.key.onDelete = pair.random.pick(
      ['NO ACTION', 'CASCADE', 'SET NULL', 'RESTRICT'].filter((rule) => rule !== found.key.onDelete),
    );
    return true;
  }),
];

/**
 * What referred to the old key leans on a unique constraint of the same columns from then on; on clients only one that
 * contains the key is not deferred, and can be leaned on.
 */
function changeKey(
  pair: Pair,
  accept: (table: TableSketch) => boolean,
  choose: (table: TableSketch) => readonly string[],
): boolean {
  const leaning = (one: TableSketch) =>
    pair.after.tables.filter(({ foreignKeys }) => foreignKeys.some((key) => key.table === one.id));
  const isFree = (one: TableSketch) =>
    one.key.length > 1 || leaning(one).every(({ id, side }) => side === 'server' && pair.isFree(id, 'scope'));
  const table = pair.table((one) => accept(one) && isFree(one) && pair.isFree(one.id, 'key') && !one.scope?.along);
  if (!table || !pair.claim(table.id, 'key')) return false;
  const old = table.key;
  const leaners = leaning(table);
  for (const { id } of leaners) pair.claim(id, 'scope');
  table.key = [...choose(table)];
  if (leaners.length > 0) table.uniques.push({ id: pair.id('u'), columns: [...old] });
  return true;
}

/** The root of a scope and the tables that lie in it keep theirs: a scope's id is a key of one column. */
const isSingle = ({ key, scope }: TableSketch): boolean => key.length === 1 && (scope?.column ?? null) !== key[0];

const keys: readonly Kind[] = [
  risky('key of more columns', 'data', (pair) =>
    changeKey(pair, isSingle, (table) => {
      const { column } = pair.plant('integer', { nullable: false }, table);
      pair.claim(column.id, 'type');
      pair.claim(column.id, 'null');
      return [...table.key, column.id];
    }),
  ),
  risky('key of fewer columns', 'data', (pair) =>
    changeKey(
      pair,
      ({ key, scope }) => key.length > 1 && key.at(-1) !== scope?.column,
      ({ key }) => key.slice(-1),
    ),
  ),
  risky('key of another column', 'data', (pair) =>
    changeKey(pair, isSingle, (table) => {
      const { column } = pair.plant(pair.random.pick(DISTINCT), { nullable: false }, table);
      pair.claim(column.id, 'type');
      pair.claim(column.id, 'null');
      return [column.id];
    }),
  ),
  risky('key numbered by the database', 'none', (pair) => {
    const [found] = pair.columns(
      ({ table, column }) =>
        table.key.join() === column.id &&
        /^(integer|bigint)$/.test(column.type) &&
        column.identity === null &&
        isOwn(pair, column.id),
    );
    const { column } = found ?? pair.plant('integer', { nullable: false });
    if (!pair.claim(column.id, 'type') || !pair.claim(column.id, 'default') || !pair.claim(column.id, 'null'))
      return false;
    column.identity = pair.random.pick(['always', 'by default']);
    column.default = null;
    return true;
  }),
  risky('key numbered no more', 'none', (pair) => {
    const [found] = pair.columns(({ column }) => column.identity !== null && isOwn(pair, column.id));
    const { column, table } = found ?? pair.plant('integer', { nullable: false, identity: 'always' });
    if (!pair.claim(column.id, 'type') || !pair.claim(column.id, 'default') || !pair.claim(column.id, 'null'))
      return false;
    column.identity = null;
    column.nullable = !table.key.includes(column.id) && pair.random.chance(0.5);
    return true;
  }),
];

const isOwn = (pair: Pair, id: string): boolean =>
  pair.isFree(id, 'type') && pair.isFree(id, 'default') && pair.isFree(id, 'null');

export const referenceKinds: readonly Kind[] = [...references, ...keys];
