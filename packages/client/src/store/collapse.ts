import type { Op, Row, SyncTable } from '@vibestack/sync-types';

/** One row change that a capture trigger noted. */
export interface Captured {
  readonly table: string;
  readonly key: string;
  readonly old: Row | null;
  readonly new: Row | null;
}

/** What a local transaction did in the end. */
export interface Collapsed {
  /** One op a row, in the order in which rows were first touched. */
  readonly ops: readonly Op[];
  /** Each touched row as it was before; null when it was not there. */
  readonly before: readonly { readonly table: string; readonly key: string; readonly row: Row | null }[];
}

/**
 * Reduces captured changes to one op a row.
 *
 * A row that was deleted and inserted again is a patch: on the server it never went away, and neither do the columns
 * that this client cannot see.
 */
export function collapse(captured: readonly Captured[], tables: ReadonlyMap<string, SyncTable>): Collapsed {
  const rows = new Map<string, { table: string; key: string; first: Row | null; last: Row | null }>();
  for (const change of captured) {
    const id = `${change.table}\n${change.key}`;
    const known = rows.get(id);
    if (known) known.last = change.new;
    else rows.set(id, { table: change.table, key: change.key, first: change.old, last: change.new });
  }
  const ops: Op[] = [];
  const before: { table: string; key: string; row: Row | null }[] = [];
  for (const { table, key, first, last } of rows.values()) {
    const model = tables.get(table);
    const op = model && net(model, key, first, last);
    if (!op) continue;
    ops.push(op);
    before.push({ table, key, row: first });
  }
  return { ops, before };
}

function net(model: SyncTable, key: string, first: Row | null, last: Row | null): Op | null {
  const table = model.name;
  if (last === null) return first === null ? null : { op: 'delete', table, key };
  const writable = model.columns.filter(({ readOnly }) => !readOnly).map(({ name }) => name);
  const pick = (names: readonly string[]): Row => Object.fromEntries(names.map((name) => [name, last[name] ?? null]));
  if (first === null) return { op: 'insert', table, key, row: pick(writable) };
  const changed = writable.filter((name) => !model.key.includes(name) && first[name] !== last[name]);
  return changed.length === 0 ? null : { op: 'patch', table, key, row: pick(changed) };
}
