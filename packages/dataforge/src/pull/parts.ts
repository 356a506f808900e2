import type { Catalog } from '../catalog/types.ts';
import { isPublic } from './names.ts';
import type { Edge } from './source.ts';

/** Part of the application's schema → the part that it lies in: a column its table, a default its column. */
export function partsOf({ tables, views, functions, enums, domains }: Catalog): Map<string, string | null> {
  const parts = new Map<string, string | null>();
  const put = (kind: string, names: object, within: string | null = null) => {
    for (const name of Object.keys(names)) parts.set(`${kind} ${name}`, within);
  };
  const own = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => isPublic(name)));
  put('relation', own(tables));
  put('relation', own(views));
  put(
    'function',
    Object.fromEntries(Object.entries(own(functions)).filter(([, { definition }]) => !isMadeAlong(definition))),
  );
  put('type', own(enums));
  put('type', own(domains));
  for (const [table, { columns, constraints, indices, triggers }] of Object.entries(own(tables))) {
    for (const [kind, names] of Object.entries({
      column: columns,
      constraint: constraints,
      index: indices,
      trigger: triggers,
    })) {
      put(kind, prefixed(table, names), `relation ${table}`);
    }
    for (const [column, { default: value, collation }] of Object.entries(columns)) {
      if (value !== null) parts.set(`default ${table}.${column}`, `column ${table}.${column}`);
      if (collation !== null) parts.set(`collation ${table}.${column}`, `column ${table}.${column}`);
    }
  }
  return parts;
}

/** A range type brings functions, in no language that one could write. */
const isMadeAlong = (definition: string): boolean => /^ LANGUAGE internal$/m.test(definition);

const prefixed = (table: string, names: object): object =>
  Object.fromEntries(Object.keys(names).map((name) => [`${table}.${name}`, true]));

/** Edges that Postgres does not write down: no table is without its key, no generated column without its expression. */
export function unwrittenEdges({ tables, views }: Catalog, edges: readonly Edge[]): Edge[] {
  const ofTables = Object.entries(tables).flatMap(([table, { columns, constraints }]) => [
    ...Object.entries(constraints)
      .filter(([, { kind }]) => kind === 'primary')
      .map(([name]) => ({ from: `relation ${table}`, to: `constraint ${table}.${name}` })),
    ...Object.entries(columns)
      .filter(([, { generated }]) => generated)
      .map(([name]) => ({ from: `column ${table}.${name}`, to: `default ${table}.${name}` })),
  ]);
  const ofViews = Object.keys(views).flatMap((view) =>
    edges.filter(({ to }) => to.startsWith(`column ${view}.`)).map(({ to }) => ({ from: to, to: `relation ${view}` })),
  );
  return [...ofTables, ...ofViews];
}
