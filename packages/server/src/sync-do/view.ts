import { readableTables, type View } from '@vibestack/sync-core';
import type { ScopeKey, SyncSchema, SyncTable } from '@vibestack/sync-types';
import type { Held } from './session.ts';

/** What a holder of these scopes may see. */
export function viewOf(schema: SyncSchema, scopes: readonly Held[], clientIds: readonly string[]): View {
  const readable = new Map<ScopeKey, ReadonlySet<string>>();
  for (const [scope, role] of scopes) readable.set(scope, readableTables(schema, scope, role));
  return {
    holds: (scope, table) => readable.get(scope)?.has(table) ?? false,
    clientIds: new Set(clientIds),
    tables: tablesByName(schema),
  };
}

const byName = new WeakMap<SyncSchema, ReadonlyMap<string, SyncTable>>();

/** Tables by name, computed once per schema. */
export function tablesByName(schema: SyncSchema): ReadonlyMap<string, SyncTable> {
  let tables = byName.get(schema);
  if (!tables) {
    tables = new Map(schema.tables.map((table) => [table.name, table]));
    byName.set(schema, tables);
  }
  return tables;
}
