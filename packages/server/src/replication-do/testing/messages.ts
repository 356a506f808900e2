import type { PgoutputMessage, Relation, Tuple } from '@vibestack/replication';
import type { SyncColumn, SyncSchema, SyncTable } from '@vibestack/sync-types';

const column = (name: string): SyncColumn => ({
  name,
  type: 'text',
  nullable: false,
  hasDefault: false,
  readOnly: false,
});

const table = (name: string, columns: readonly string[], key: readonly string[]): SyncTable => ({
  name,
  level: 0,
  key,
  columns: columns.map(column),
  scope: { name: 'project', column: 'project_id' },
  access: { read: [], write: [] },
  merge: 'column',
  category: 'domain',
});

/** Tasks and members of projects. */
export const schema: SyncSchema = {
  version: 1,
  hash: '',
  tables: [
    table('task', ['id', 'project_id', 'title'], ['id']),
    table('member', ['project_id', 'user_id'], ['project_id', 'user_id']),
  ],
  localTables: [],
  scopes: [{ name: 'project', root: 'project', roles: [], members: '', memberTables: ['member'] }],
};

export function relationOf(
  name: string,
  columns: readonly string[],
  identity: 'full' | readonly string[] = 'full',
): Relation {
  return {
    id: name.length,
    schema: 'public',
    name,
    replicaIdentity: identity === 'full' ? 'full' : 'index',
    columns: columns.map((one) => ({
      name: one,
      typeOid: 25,
      typeModifier: -1,
      partOfKey: identity === 'full' || identity.includes(one),
    })),
  };
}

export const TASK = relationOf('task', ['id', 'project_id', 'title']);
export const MEMBER = relationOf('member', ['project_id', 'user_id']);

export const begin = (lsn: bigint, xid = 700): PgoutputMessage => ({
  kind: 'begin',
  finalLsn: lsn,
  commitTime: 1_700_000_000_000_000n,
  xid,
});
export const commit = (lsn: bigint): PgoutputMessage => ({
  kind: 'commit',
  commitLsn: lsn,
  endLsn: lsn + 8n,
  commitTime: 0n,
});

export const insert = (row: Tuple, xid?: number, relation = TASK): PgoutputMessage =>
  xid === undefined ? { kind: 'insert', relation, row } : { kind: 'insert', relation, row, xid };

/** A streamed block of one transaction. */
export const block = (xid: number, ...messages: PgoutputMessage[]): PgoutputMessage[] => [
  { kind: 'stream-start', xid, first: true },
  ...messages,
  { kind: 'stream-stop' },
];
export const streamCommit = (xid: number, lsn: bigint): PgoutputMessage => ({
  kind: 'stream-commit',
  xid,
  commitLsn: lsn,
  endLsn: lsn + 8n,
  commitTime: 1_700_000_000_000_000n,
});
