import { lsnFromBigInt, scopeKey, type SyncSchema } from '@vibestack/sync-types';
import type { Relation, StreamMessage } from '@vibestack/replication';
import { describe, expect, it } from 'vitest';
import { Assembler, SCOPE_ALL } from './assembler.ts';
import { decodeBodies } from './log.ts';

const schema: SyncSchema = {
  version: 1,
  hash: '',
  tables: [
    {
      name: 'task',
      level: 0,
      key: ['id'],
      columns: [],
      scope: { name: 'project', column: 'project_id' },
      access: { read: [], write: [] },
      merge: 'column',
      category: 'domain',
    },
  ],
  localTables: [],
  scopes: [{ name: 'project', root: 'project', roles: [], members: '', memberTables: ['member'] }],
};
const relation: Relation = { id: 1, schema: 'public', name: 'task', replicaIdentity: 'full', columns: [] };
const begin = (lsn: bigint, xid = 700): StreamMessage => ({
  kind: 'begin',
  finalLsn: lsn,
  commitTime: 1_700_000_000_000_000n,
  xid,
});
const commit = (lsn: bigint): StreamMessage => ({ kind: 'commit', commitLsn: lsn, endLsn: lsn + 8n, commitTime: 0n });
const row = (id: string, project: string, title = 'x') => ({ id, project_id: project, title });
const insert = (id: string, project: string, title?: string): StreamMessage => ({
  kind: 'insert',
  relation,
  row: row(id, project, title),
});

const assemble = (...messages: StreamMessage[]) => {
  const assembler = new Assembler(schema, 750n);
  for (const message of messages) assembler.push(message);
  return assembler.takeRuns(true);
};
const changes = (...messages: StreamMessage[]) =>
  decodeBodies(assemble(begin(10n), ...messages, commit(10n)).map(({ body }) => body)).flatMap((one) => one.changes);

describe('the assembler', () => {
  it('puts whole transactions into one run, acknowledged at the end of the last', () => {
    const [run, ...more] = assemble(
      begin(10n),
      insert('1', 'a'),
      commit(10n),
      begin(20n, 701),
      insert('2', 'b'),
      commit(20n),
    );
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      from: lsnFromBigInt(10n),
      to: lsnFromBigInt(20n),
      complete: true,
      end: 28n,
      minXid: 700n,
      maxXid: 701n,
    });
    expect([...(run?.scopes ?? [])]).toEqual([scopeKey('project', 'a'), scopeKey('project', 'b')]);
  });

  it('hands over nothing of a transaction that is not committed', () => {
    expect(assemble(begin(10n), insert('1', 'a'))).toEqual([]);
  });

  it('cuts a large transaction, of which only the last part is complete', () => {
    const runs = assemble(
      begin(10n),
      ...Array.from({ length: 40 }, (_, i) => insert(String(i), 'a', 'y'.repeat(20_000))),
      commit(10n),
    );
    expect(runs.length).toBeGreaterThan(2);
    expect(runs.map(({ complete }) => complete)).toEqual([...runs.slice(1).map(() => false), true]);
    const [whole, ...rest] = decodeBodies(runs.map(({ body }) => body));
    expect(rest).toEqual([]);
    expect(whole?.changes).toHaveLength(40);
  });

  it('a move to another scope is told whole and touches both scopes; other updates are told by what changed', () => {
    const old = row('1', 'a');
    expect(changes({ kind: 'update', relation, oldKind: 'full', old, row: row('1', 'b') })).toEqual([
      { o: 'u', t: 'task', k: '1', p: 'project:a', s: 'project:b', r: row('1', 'b') },
    ]);
    expect(changes({ kind: 'update', relation, oldKind: 'full', old, row: row('1', 'a', 'y') })).toEqual([
      { o: 'u', t: 'task', k: '1', p: 'project:a', s: 'project:a', r: { id: '1', title: 'y' } },
    ]);
  });

  it('a changed primary key is a deletion and an insertion', () => {
    expect(
      changes({ kind: 'update', relation, oldKind: 'full', old: row('1', 'a'), row: row('2', 'a') }).map(
        ({ o, k }) => o + k,
      ),
    ).toEqual(['d1', 'i2']);
  });

  it('a truncate concerns everybody', () => {
    const [run] = assemble(
      begin(10n),
      { kind: 'truncate', relations: [relation], cascade: false, restartIdentity: false },
      commit(10n),
    );
    expect(run?.scopes.has(SCOPE_ALL)).toBe(true);
  });

  it('tables that are not synchronised leave no change, but history moves on', () => {
    const [run] = assemble(
      begin(10n),
      { kind: 'insert', relation: { ...relation, name: 'job' }, row: {} },
      commit(10n),
    );
    expect(run).toMatchObject({ to: lsnFromBigInt(10n), complete: true });
  });
});
