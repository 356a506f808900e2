import { ForgeError } from '../errors.ts';
import type { TableModel } from './types.ts';

type Table = Pick<TableModel, 'name' | 'foreignKeys' | 'columns'>;

export interface Levels {
  readonly levels: ReadonlyMap<string, number>;
  /** Circles that an optional reference closes, as paths. That reference counts for no level. */
  readonly circles: readonly string[];
}

interface Reference {
  readonly to: string;
  /** Rows can be written without it, and have it set later. */
  readonly optional: boolean;
}

/**
 * Levels of tables by foreign keys: 0 references none, others lie above all that they reference. A table may reference
 * itself, and a circle may be closed by a reference that is optional.
 *
 * @throws {ForgeError} `reference_cycle`, with the path: all its references are required, so no row could be first
 */
export function levelsOf(tables: readonly Table[]): Levels {
  const references = new Map(tables.map((table) => [table.name, referencesOf(table)]));
  const circles: string[] = [];
  const ignored = new Set<Reference>();
  for (;;) {
    const circle = findCircle(references, ignored);
    if (!circle) break;
    const path = [...circle.map(({ from }) => from), circle[0]?.from].join(' → ');
    const optional = circle.find(({ reference }) => reference.optional);
    if (!optional) {
      throw new ForgeError(
        'reference_cycle',
        `Tables reference each other in a circle, and each reference is required: ${path}.`,
        'Make one of these relations nullable.',
      );
    }
    circles.push(path);
    ignored.add(optional.reference);
  }
  return { levels: heights(references, ignored), circles };
}

function referencesOf({ name, foreignKeys, columns }: Table): Reference[] {
  const nullable = new Set(columns.filter((column) => column.nullable).map((column) => column.name));
  return foreignKeys
    .filter(({ table }) => table !== name)
    .map((key) => ({ to: key.table, optional: key.columns.some((column) => nullable.has(column)) }));
}

type Graph = ReadonlyMap<string, readonly Reference[]>;
type Edge = { readonly from: string; readonly reference: Reference };

function findCircle(graph: Graph, ignored: ReadonlySet<Reference>): Edge[] | null {
  const done = new Set<string>();
  const visit = (table: string, path: readonly Edge[]): Edge[] | null => {
    const start = path.findIndex(({ from }) => from === table);
    if (start >= 0) return path.slice(start);
    if (done.has(table)) return null;
    for (const reference of graph.get(table) ?? []) {
      if (ignored.has(reference)) continue;
      const found = visit(reference.to, [...path, { from: table, reference }]);
      if (found) return found;
    }
    done.add(table);
    return null;
  };
  for (const table of graph.keys()) {
    const found = visit(table, []);
    if (found) return found;
  }
  return null;
}

function heights(graph: Graph, ignored: ReadonlySet<Reference>): Map<string, number> {
  const out = new Map<string, number>();
  const height = (table: string): number => {
    const known = out.get(table);
    if (known !== undefined) return known;
    const below = (graph.get(table) ?? []).filter((reference) => !ignored.has(reference));
    const value = below.reduce((highest, { to }) => Math.max(highest, height(to) + 1), 0);
    out.set(table, value);
    return value;
  };
  for (const table of graph.keys()) height(table);
  return out;
}
