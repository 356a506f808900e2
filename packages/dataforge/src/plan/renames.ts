import type { Catalog, ColumnEntry, TableEntry } from '../catalog/types.ts';
import { literal } from '../ir/names.ts';
import { asideOf, bare, spelled, unqualified } from './names.ts';
import type { Intent } from './plan.ts';
import type { Step } from './step.ts';

interface Rename {
  readonly old: string;
  readonly now: string;
}

/** Names that live side by side: the tables of a database, or the columns of a table. */
interface Space<T> {
  readonly from: Readonly<Record<string, T>>;
  readonly to: Readonly<Record<string, T>>;
  /** What a thing is, without its name, for telling whether names were swapped already. */
  readonly identify: (entry: T) => string;
  readonly step: (rename: Rename) => Step;
}

/**
 * Renames that were declared and not made yet. A declaration may stay where it is after that: what is not there any more
 * under the old name, or there already under the new one, is left alone.
 *
 * @param history  migrations that were applied; they tell whether two things that look alike have swapped their names
 */
export function renameSteps(from: Catalog, to: Catalog, intent: Intent, history: readonly string[]): Step[] {
  const tables = declared(intent.renamedTables ?? new Map(), from.tables, to.tables);
  const isClocked = (table: string) => 'vibestack_clock' in (from.tables[table]?.triggers ?? {});
  const tableSteps = stepsFor(tables, tableSpace(from, to, isClocked), history);
  const made = new Set(tableSteps.map(({ table }) => table));
  const columnSteps = Object.entries(to.tables).flatMap(([table, after]) => {
    const renamed = tables.find(({ now }) => now === table && made.has(now));
    const before = from.tables[renamed?.old ?? table];
    if (!before) return [];
    const path = `${bare(table)}.`;
    const own = [...(intent.renamedColumns ?? [])]
      .filter(([name]) => bare(name).startsWith(path))
      .map(([name, old]) => [bare(name).slice(path.length), old] as const);
    return stepsFor(
      declared(own, before.columns, after.columns),
      columnSpace(table, before, after, isClocked(renamed?.old ?? table)),
      history,
    );
  });
  return [...tableSteps, ...columnSteps];
}

function tableSpace(from: Catalog, to: Catalog, isClocked: (table: string) => boolean): Space<TableEntry> {
  const clocked = Object.keys(from.tables).some(isClocked);
  return {
    from: from.tables,
    to: to.tables,
    identify: ({ columns }) =>
      JSON.stringify(
        Object.entries(columns)
          .map(([name, { type }]) => [name, type])
          .sort(),
      ),
    step: ({ old, now }) =>
      rename(
        `alter table ${old} rename to ${unqualified(now)};${clocked ? tableClocks(old, now) : ''}`,
        `Renames ${old} to ${now}`,
        now,
      ),
  };
}

/** Clocks of rows are kept under the table's name, and follow it. */
const tableClocks = (old: string, now: string): string =>
  `\nupdate vibestack.row_clock set table_name = ${literal(bare(now))} where table_name = ${literal(bare(old))};`;

/** Clocks of columns are kept under their names. */
const columnClocks = (table: string, old: string, now: string): string =>
  `\nupdate vibestack.row_clock
  set columns = columns - ${literal(bare(old))} || jsonb_build_object(${literal(bare(now))}, columns -> ${literal(bare(old))})
  where table_name = ${literal(bare(table))} and columns ? ${literal(bare(old))};`;

function columnSpace(table: string, before: TableEntry, after: TableEntry, clocked: boolean): Space<ColumnEntry> {
  return {
    from: before.columns,
    to: after.columns,
    identify: ({ type, generated, default: value }) => JSON.stringify([type, generated, value]),
    step: ({ old, now }) =>
      rename(
        `alter table ${table} rename column ${old} to ${now};${clocked ? columnClocks(table, old, now) : ''}`,
        `Renames ${table}.${old} to ${now}`,
        table,
      ),
  };
}

/** Declarations whose ends are there, as the catalogs spell them; of two that claim the same thing, the first. */
function declared<T>(
  pairs: Iterable<readonly [now: string, old: string]>,
  from: Readonly<Record<string, T>>,
  to: Readonly<Record<string, T>>,
): Rename[] {
  const out: Rename[] = [];
  for (const [after, before] of pairs) {
    const [old, now] = [spelled(Object.keys(from), before), spelled(Object.keys(to), after)];
    if (old !== undefined && now !== undefined && !out.some((one) => one.old === old)) out.push({ old, now });
  }
  return out;
}

function stepsFor<T>(renames: readonly Rename[], space: Space<T>, history: readonly string[]): Step[] {
  const due = dueRenames(renames, space);
  const wasMade = (steps: readonly Step[]) => history.some((sql) => steps.every((step) => sql.includes(step.sql)));
  const steps: Step[] = [];
  // The end of a chain goes first and frees the next name.
  const taken = new Set(Object.keys(space.from));
  for (let left = due; left.length > 0;) {
    const next = left.find(({ now }) => !taken.has(now));
    if (!next) break;
    steps.push(space.step(next));
    taken.delete(next.old);
    taken.add(next.now);
    left = left.filter((one) => one !== next);
  }
  for (const circle of circles(renames, due)) {
    const turn = turnSteps(circle, space);
    if (!isTurned(circle, space, () => wasMade(turn))) steps.push(...turn);
  }
  for (const one of renames) {
    // Somebody has the name and is to go, without being renamed; who is to have it is there, and has no place to stay.
    if (due.includes(one) || one.old in space.to || !taken.has(one.now) || renames.some(({ old }) => old === one.now))
      continue;
    if (!wasMade([space.step(one)])) steps.push(space.step({ old: one.now, now: asideOf(one.now) }), space.step(one));
  }
  return steps;
}

/** Those whose new name is free, or becomes free by another. */
function dueRenames<T>(renames: readonly Rename[], { from }: Space<T>): Rename[] {
  let due: Rename[] = [];
  for (;;) {
    const more = renames.filter(({ now }) => !(now in from) || due.some(({ old }) => old === now));
    if (more.length === due.length) return due;
    due = more;
  }
}

/** Things that take each other's names. */
function circles(renames: readonly Rename[], due: readonly Rename[]): Rename[][] {
  const out: Rename[][] = [];
  for (const start of renames) {
    if (due.includes(start) || out.flat().includes(start)) continue;
    const circle = [start];
    for (let next = follow(renames, start); next && !circle.includes(next); next = follow(renames, next))
      circle.push(next);
    if (circle.length > 1 && follow(renames, circle.at(-1)) === start) out.push(circle);
  }
  return out;
}

const follow = (renames: readonly Rename[], rename: Rename | undefined): Rename | undefined =>
  renames.find(({ old }) => old === rename?.now);

/** One name steps aside, so that the others can move up. */
function turnSteps<T>(circle: readonly Rename[], space: Space<T>): Step[] {
  const [first, ...others] = circle;
  if (!first) return [];
  const aside = asideOf(first.old);
  return [
    space.step({ old: first.old, now: aside }),
    ...others.reverse().map((one) => space.step(one)),
    space.step({ old: aside, now: first.now }),
  ];
}

/** What the things are tells it; where they are alike, only the history knows. */
function isTurned<T>(circle: readonly Rename[], { from, to, identify }: Space<T>, wasTurned: () => boolean): boolean {
  const fit = (name: (one: Rename) => string): number =>
    circle.filter((one) => {
      const [have, want] = [from[name(one)], to[one.now]];
      return have !== undefined && want !== undefined && identify(have) === identify(want);
    }).length;
  const [stay, move] = [fit(({ now }) => now), fit(({ old }) => old)];
  return stay === move ? wasTurned() : stay > move;
}

const rename = (sql: string, why: string, table: string): Step => ({
  sql,
  why,
  table,
  risk: 'rename',
  phase: 'expand',
});
