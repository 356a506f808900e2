import type { Random } from './random.ts';
import { valueMaker, type Need } from './row-values.ts';
import { NOWHERE, places, type KeySketch, type Sketch, type TableSketch } from './sketch.ts';

/** A row as texts by the ids of its columns. */
export type Row = Readonly<Record<string, string | null>>;
export type Rows = ReadonlyMap<string, readonly Row[]>;

/**
 * Rows for every table of the first sketch, as hard as both sketches allow: each fits the constraints that are there and
 * those that are to come.
 */
export function makeRows(random: Random, before: Sketch, after: Sketch): Rows {
  const need: Need = { random, before, after, afterwards: places(after) };
  const all = new Map<string, Row[]>();
  const count = random.between(100, 110);
  for (const table of inOrder(before)) {
    const rows: Row[] = [];
    all.set(table.id, rows);
    const make = rowMaker(need, table, all);
    for (let i = 0; i < count; i++) rows.push(make(i));
  }
  return all;
}

/** What is referred to first. */
function inOrder({ tables }: Sketch): TableSketch[] {
  const done: TableSketch[] = [];
  const visit = (table: TableSketch) => {
    if (done.includes(table)) return;
    for (const { table: parent } of table.foreignKeys) {
      const next = tables.find(({ id }) => id === parent);
      if (next && next !== table) visit(next);
    }
    done.push(table);
  };
  for (const table of tables) visit(table);
  return done;
}

/** @param all  rows of what is referred to, and those of the table itself that are made already */
function rowMaker(need: Need, table: TableSketch, all: Rows): (i: number) => Row {
  const later = need.after.tables.find(({ id }) => id === table.id);
  const versions = later ? [table, later] : [table];
  const single = carriers(versions);
  const spans = new Set(versions.flatMap(({ exclusions }) => exclusions.map(({ columns }) => columns.at(-1))));
  const own = new Set(table.columns.map(({ id }) => id));
  const keys = versions
    .flatMap(({ foreignKeys }) => foreignKeys)
    .filter(({ columns }) => columns.every((one) => own.has(one)))
    .filter(({ id }, i, list) => list.findIndex((key) => key.id === id) === i);
  const makers = table.columns
    .filter(({ generated }) => generated === null)
    .map((column) => {
      const make = valueMaker(need, { table, column }, single.has(column.id), spans.has(column.id));
      return [column.id, make] as const;
    });
  return (i) => {
    const values = Object.fromEntries(makers.map(([id, make]) => [id, make(i)]));
    for (const key of keys) {
      const rows = all.get(key.table) ?? [];
      const isNowhere = mayBeNull(need, table, key, single) && need.random.chance(0.3);
      const parent = isNowhere
        ? undefined
        : key.table === table.id
          ? rows[need.random.below(rows.length)]
          : rows[i % rows.length];
      Object.assign(values, refer(table, key, parent));
    }
    return values;
  };
}

/** In each set of columns that is unique, before or after, one column's values all differ; references only where nothing else can. */
function carriers(versions: readonly TableSketch[]): Set<string> {
  const [before] = versions;
  const referring = new Set(versions.flatMap(({ foreignKeys }) => foreignKeys.flatMap(({ columns }) => columns)));
  const known = new Set(before?.columns.map(({ id }) => id));
  const sets = versions.flatMap(({ key, uniques, indices }) => [
    key,
    ...uniques.map(({ columns }) => columns),
    ...indices.filter(({ form }) => form.endsWith('unique')).map(({ columns }) => columns),
  ]);
  return new Set(
    sets.flatMap(
      (columns) =>
        columns.find((id) => known.has(id) && !referring.has(id)) ?? columns.find((id) => known.has(id)) ?? [],
    ),
  );
}

function mayBeNull(
  { afterwards }: Need,
  table: TableSketch,
  { columns }: KeySketch,
  single: ReadonlySet<string>,
): boolean {
  const joins = columns.filter((id) => !table.scope?.along || id !== table.scope.column);
  return joins.every((id) => {
    const now = afterwards.get(id)?.column ?? null;
    return (
      table.columns.some((one) => one.id === id && one.nullable) && (now === null || now.nullable) && !single.has(id)
    );
  });
}

/** What the columns of a reference hold, with a parent or without. */
function refer({ scope }: TableSketch, { id, columns, referenced }: KeySketch, parent: Row | undefined): Row {
  const along = scope?.along?.key === id ? scope.column : null;
  return Object.fromEntries(
    columns.map((one, at) => [one, parent ? (parent[referenced[at] ?? ''] ?? null) : one === along ? NOWHERE : null]),
  );
}
