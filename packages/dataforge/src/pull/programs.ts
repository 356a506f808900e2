import type { Context } from './context.ts';
import { inNameOrder, isPublic } from './names.ts';
import type { Edge, Source } from './source.ts';

/** A function or view, with what belongs to it. */
export interface Program {
  readonly key: string;
  readonly statements: readonly string[];
}

export function programsOf(
  { attached, viewOptions }: Source,
  { catalog, lost }: Context,
  isKnown: (what: string) => boolean,
): Program[] {
  const isOurs = (key: string, what: string, name: string) => isPublic(name) && !lost.has(key) && !isKnown(what);
  const more = (name: string) => attached.get(name) ?? [];
  const functions = inNameOrder(catalog.functions).map(([name, { definition, kind }]) => {
    const bare = name.replace(/\(.*$/s, '');
    return { name: bare, what: `${kind} ${bare}`, key: `function ${name}`, statements: [definition, ...more(name)] };
  });
  const views = inNameOrder(catalog.views).map(([name, { materialized, definition }]) => {
    const options = viewOptions.get(name);
    const kind = materialized ? 'materialized view' : 'view';
    const create = `create ${kind} ${name}${options === undefined ? '' : ` with (${options})`} as\n${definition}`;
    return { name, what: `${kind} ${name}`, key: `relation ${name}`, statements: [create, ...more(name)] };
  });
  return [...functions, ...views].filter(({ key, what, name }) => isOurs(key, what, name));
}

/** What is called or read comes before what calls or reads it; else functions come before views. */
export function inOrder(programs: readonly Program[], edges: readonly Edge[]): Program[] {
  const byKey = new Map(programs.map((program) => [program.key, program]));
  const needs = Map.groupBy(edges, ({ from }) => from);
  const out = new Set<Program>();
  const open = new Set<Program>();
  const add = (program: Program): void => {
    if (out.has(program) || open.has(program)) return;
    open.add(program);
    for (const { to } of needs.get(program.key) ?? []) {
      // Views are read by columns.
      const needed =
        byKey.get(to) ?? programs.find(({ key }) => to.startsWith(`${key.replace(/^relation/, 'column')}.`));
      if (needed) add(needed);
    }
    out.add(program);
  };
  programs.forEach(add);
  return [...out];
}

/** Functions that defaults, checks and indices call, and those that these call. */
export function earlyFunctions(edges: readonly Edge[]): Set<string> {
  const calls = edges.filter(({ to }) => to.startsWith('function '));
  const early = new Set(calls.filter(({ from }) => /^(default|constraint|index) /.test(from)).map(({ to }) => to));
  for (const key of early) for (const { from, to } of calls) if (from === key) early.add(to);
  return early;
}
