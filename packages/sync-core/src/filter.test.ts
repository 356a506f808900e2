import { hlcFromMillis, lsnFromBigInt, scopeKey, type SyncTable } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { filterTransaction, type View } from './filter.ts';
import { RESULT_TABLE, clientScope, type LogChange, type LogTransaction } from './log.ts';

const column = (name: string) => ({ name, type: 'text', nullable: true, hasDefault: false, readOnly: false });
const task: SyncTable = {
  name: 'task',
  level: 0,
  key: ['id'],
  columns: ['id', 'project_id', 'title'].map(column),
  scope: { name: 'project', column: 'project_id' },
  access: { read: ['viewer'], write: ['viewer'] },
  merge: 'column',
  category: 'domain',
};
const A = scopeKey('project', 'a');
const B = scopeKey('project', 'b');
const view = (...scopes: string[]): View => ({
  holds: (scope, table) => scopes.includes(scope) && table === 'task',
  clientIds: new Set(['me']),
  tables: new Map([['task', task]]),
});
const transaction = (...changes: LogChange[]): LogTransaction => ({
  lsn: lsnFromBigInt(1n),
  xid: '1',
  hlc: hlcFromMillis(1),
  changes,
});
const seen = (holder: View, ...changes: LogChange[]) => filterTransaction(transaction(...changes), holder)?.changes;

describe('what a session sees of a transaction', () => {
  const moved: LogChange = {
    o: 'u',
    t: 'task',
    k: '1',
    p: A,
    s: B,
    r: { id: '1', project_id: 'b', title: 'x', cost: '9' },
  };

  it('nothing, when no scope of it is held', () => {
    expect(filterTransaction(transaction({ o: 'i', t: 'task', k: '1', s: B, r: { id: '1' } }), view(A))).toBeNull();
  });

  it('a row that enters a held scope arrives whole, without hidden columns', () => {
    expect(seen(view(B), moved)).toEqual([
      { op: 'put', table: 'task', key: '1', row: { id: '1', project_id: 'b', title: 'x' } },
    ]);
  });

  it('a row that leaves the held scopes goes, and nothing of its new values is told', () => {
    expect(seen(view(A), moved)).toEqual([{ op: 'leave', table: 'task', key: '1', scope: A }]);
  });

  it('a change of hidden columns only is no change', () => {
    expect(seen(view(A), { o: 'u', t: 'task', k: '1', p: A, s: A, r: { id: '1', cost: '9' } })).toBeUndefined();
  });

  it('an update of a held row is a patch of what changed', () => {
    expect(seen(view(A), { o: 'u', t: 'task', k: '1', p: A, s: A, r: { id: '1', title: 'y' } })).toEqual([
      { op: 'patch', table: 'task', key: '1', row: { id: '1', title: 'y' } },
    ]);
  });

  describe('of a net run', () => {
    const C = scopeKey('project', 'c');
    const r = { id: '1', project_id: 'b', title: 'x', cost: '9' };
    const arrived: LogChange = { o: 'i', t: 'task', k: '1', s: B, l: [A, C], r };
    const gone: LogChange = { o: 'd', t: 'task', k: '1', p: B, l: [A, C], r: {} };

    it('a row in a held scope is whole, also for who holds a scope that it left', () => {
      const put = { op: 'put', table: 'task', key: '1', row: { id: '1', project_id: 'b', title: 'x' } };
      expect(seen(view(B), arrived)).toEqual([put]);
      expect(seen(view(A, B, C), arrived)).toEqual([put]);
    });

    it('a row that ended out of sight goes by every held scope that it left', () => {
      const leave = (scope: string) => ({ op: 'leave', table: 'task', key: '1', scope });
      expect(seen(view(C), arrived)).toEqual([leave(C)]);
      expect(seen(view(A, C), arrived)).toEqual([leave(A), leave(C)]);
      expect(seen(view(), arrived)).toBeUndefined();
    });

    it('a deleted row goes once, for who holds any scope in which it was', () => {
      const del = { op: 'del', table: 'task', key: '1' };
      for (const held of [[A], [B], [A, B, C]]) expect(seen(view(...held), gone)).toEqual([del]);
      expect(seen(view(), gone)).toBeUndefined();
    });
  });

  it('nothing of a mark, which tells the server alone that a membership changed', () => {
    const change: LogChange = { o: 'i', t: 'task', k: '1', s: A, r: { id: '1' } };
    expect(filterTransaction({ ...transaction(change), mark: true }, view(A))).toBeNull();
  });

  it('only the results of its own mutations', () => {
    const result = (client: string): LogChange => ({
      o: 'i',
      t: RESULT_TABLE,
      k: '',
      s: clientScope(client),
      r: {
        client_id: client,
        id: '4',
        outcome: 'rejected',
        code: 'forbidden',
        detail: '{"message":"No."}',
        effective_hlc: '5',
      },
    });
    const results = filterTransaction(transaction(result('me'), result('other')), view())?.results;
    expect(results).toHaveLength(1);
    expect(results?.[0]).toMatchObject({
      clientId: 'me',
      id: 4,
      outcome: 'rejected',
      error: { code: 'forbidden', message: 'No.' },
    });
  });
});
