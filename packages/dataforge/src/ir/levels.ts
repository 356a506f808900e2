import { ForgeError } from '../errors.ts';

/**
 * Levels of tables by foreign keys: 0 references none, others lie above all that they reference. A table may reference
 * itself.
 *
 * @param references  table → tables that it references
 * @throws {ForgeError} `reference_cycle`, with the path
 */
export function levelsOf(references: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const visit = (table: string, path: readonly string[]): number => {
    const known = levels.get(table);
    if (known !== undefined) return known;
    if (path.includes(table)) {
      const cycle = [...path.slice(path.indexOf(table)), table].join(' → ');
      throw new ForgeError(
        'reference_cycle',
        `Tables reference each other in a circle: ${cycle}.`,
        'Make one of these relations nullable and keep its key as a plain column, without a relation.',
      );
    }
    const parents = (references.get(table) ?? []).filter((parent) => parent !== table);
    const level = parents.reduce((highest, parent) => Math.max(highest, visit(parent, [...path, table]) + 1), 0);
    levels.set(table, level);
    return level;
  };
  for (const table of references.keys()) visit(table, []);
  return levels;
}
