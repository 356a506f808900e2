import { createHash } from 'node:crypto';
import type { SyncSchema, SyncTable } from '@vibestack/sync-types';
import { isColumnSynced, isSynced } from '../ir/side.ts';
import type { Model, TableModel } from '../ir/types.ts';

/** What server and client need to know of the model, in the words of the wire. */
export function syncSchema(client: Model, version: number): SyncSchema {
  const tables = client.tables.filter(isSynced).map(syncTable);
  const scopes = client.scopes
    .filter(({ name }) => name !== 'global')
    .map(({ name, root, roles, members, memberTables }) => ({ name, root, roles, members, memberTables }));
  const hash = createHash('sha256').update(JSON.stringify({ tables, scopes })).digest('hex');
  const localTables = client.tables.filter(({ side }) => side === 'client').map(({ name }) => name);
  return { version, hash, tables, scopes, localTables };
}

function syncTable({ name, category, level, key, columns, scope, access, merge }: TableModel): SyncTable {
  return {
    name,
    category,
    level,
    key,
    columns: columns
      .filter(isColumnSynced)
      .map(({ name: column, type, nullable, default: value, identity, readOnly }) => ({
        name: column,
        type,
        nullable,
        hasDefault: value !== null || identity !== null,
        readOnly,
      })),
    scope: scope?.column ? { name: scope.name, column: scope.column } : { name: 'global' },
    access,
    merge,
  };
}
