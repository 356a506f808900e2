import { quoteIfNeeded } from '../../../ir/names.ts';
import type { Model } from '../../../ir/types.ts';
import type { Intent } from '../../index.ts';

/** What a model declares about renames and present rows, in the form in which `forge migrate create` hands it to the planner. */
export function intentOf({ tables }: Model): Intent {
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => ({ ...column, path: `${quoteIfNeeded(table.name)}.${quoteIfNeeded(column.name)}` })),
  );
  const present = <T>(list: readonly (readonly [string, T | null])[]) =>
    new Map(list.filter((entry): entry is readonly [string, T] => entry[1] !== null));
  const old = (name: string | null) => (name === null ? null : quoteIfNeeded(name));
  return {
    renamedTables: present(tables.map(({ name, renamedFrom }) => [quoteIfNeeded(name), old(renamedFrom)])),
    renamedColumns: present(columns.map(({ path, renamedFrom }) => [path, old(renamedFrom)])),
    backfills: present(columns.map(({ path, backfill }) => [path, backfill])),
  };
}
