import type { Context } from './context.ts';
import { isSayable } from './constraints.ts';
import { inNameOrder, isPublic, unquote } from './names.ts';

/** Constraints that no decorator can say; unique ones first, for foreign keys may lean on them. */
export function constraintsInSql({
  catalog,
  lost,
  foreignKeys,
}: Context): { name: string; table: string; definition: string }[] {
  const all = inNameOrder(catalog.tables).flatMap(([table, { constraints }]) =>
    inNameOrder(constraints)
      .filter(([name]) => isPublic(table) && !lost.has(`constraint ${table}.${name}`))
      .filter(([name, entry]) =>
        entry.kind === 'foreign'
          ? !foreignKeys.some((key) => key.table === table && key.name === unquote(name))
          : !isSayable(entry),
      )
      .map(([name, { kind, definition }]) => ({ name, table, definition, isLate: kind === 'foreign' })),
  );
  return [...all.filter(({ isLate }) => !isLate), ...all.filter(({ isLate }) => isLate)];
}
