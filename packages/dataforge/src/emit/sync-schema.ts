import { createHash } from 'node:crypto';
import type { SyncSchema } from '@vibestack/sync-types';
import type { Model } from '../ir/types.ts';

/** What server and client need to know of the model, in the words of the wire. */
export function syncSchema(client: Model, version: number): SyncSchema {
  const tables = client.tables.map((table) => ({
    name: table.name,
    level: table.level,
    key: table.key,
    columns: table.columns.map(({ name, type, nullable, default: value, readOnly }) => ({
      name,
      type,
      nullable,
      hasDefault: value !== null,
      readOnly,
    })),
    scope: table.scope ? { name: table.scope.name, column: table.scope.column } : { name: 'global' },
    access: table.access,
  }));
  const scopes = client.scopes.map(({ name, root, roles, members, memberTables }) => ({
    name,
    root,
    roles,
    members,
    memberTables,
  }));
  const hash = createHash('sha256').update(JSON.stringify({ tables, scopes })).digest('hex');
  return { version, hash, tables, scopes };
}
