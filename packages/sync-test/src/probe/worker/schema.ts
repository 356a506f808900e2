import { scopeKey, type ScopeKey, type SyncColumn, type SyncSchema } from '@vibestack/sync-types';

/** How many scopes the rows are spread over. */
export const SCOPE_COUNT = 20;

/** What the probe's one group listens to: all of them. */
export const SCOPES: readonly ScopeKey[] = Array.from({ length: SCOPE_COUNT }, (_, n) => scopeKey('ws', `w${n}`));

const column = (name: string, type: string): SyncColumn => ({
  name,
  type,
  nullable: false,
  hasDefault: false,
  readOnly: false,
});

/** One table in one scope, and nobody who belongs to it: replication alone is looked at. */
export const schema: SyncSchema = {
  version: 1,
  hash: '',
  tables: [
    {
      name: 'bench',
      category: 'domain',
      level: 0,
      key: ['id'],
      columns: [
        column('id', 'bigint'),
        column('ws', 'text'),
        column('title', 'text'),
        column('body', 'text'),
        column('n', 'integer'),
        column('flag', 'boolean'),
      ],
      scope: { name: 'ws', column: 'ws' },
      access: { read: [], write: [] },
      merge: 'column',
    },
  ],
  localTables: [],
  scopes: [{ name: 'ws', root: null, roles: [], members: null, memberTables: [] }],
};
