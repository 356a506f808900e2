import { lsnFromBigInt, scopeKey, type Hlc, type SyncSchema } from '@vibestack/sync-types';
import { expect, it } from 'vitest';
import { endedScopes } from './ended-scopes.ts';
import type { LogChange } from './log.ts';

const column = (name: string) => ({ name, type: 'text', nullable: false, hasDefault: false, readOnly: false });
const schema = (members: string, memberTables = ['member']): SyncSchema => ({
  version: 1,
  hash: '',
  tables: [
    {
      name: 'member',
      category: 'domain',
      level: 0,
      key: ['id'],
      columns: ['id', 'project_id', 'user_id', 'role', 'name'].map(column),
      scope: { name: 'project', column: 'project_id' },
      access: { read: [], write: [] },
      merge: 'column',
    },
  ],
  scopes: [{ name: 'project', root: 'project', roles: ['viewer', 'editor'], members, memberTables }],
  localTables: [],
});
const plain = schema('select project_id as scope_id, user_id, role from member');
const [P, Q] = [scopeKey('project', 'p'), scopeKey('project', 'q')];
const row = { id: '1', project_id: 'p', user_id: 'bob', role: 'editor', name: 'Bob' };
const ended = (change: LogChange, model = plain, user = 'bob') => [
  ...endedScopes(
    model,
    user,
    [P, Q],
    [{ lsn: lsnFromBigInt(1n), xid: '1', hlc: '0' as unknown as Hlc, changes: [change] }],
  ),
];
const update = (now: Partial<typeof row>): LogChange => ({
  o: 'u',
  t: 'member',
  k: '1',
  s: P,
  p: P,
  r: { ...row, ...now },
  w: Object.fromEntries(Object.keys(now).map((name) => [name, row[name as keyof typeof row]])),
});

it('a deleted membership ends its person’s, and nobody else’s', () => {
  const deletion: LogChange = { o: 'd', t: 'member', k: '1', p: P, r: row };
  expect(ended(deletion)).toEqual([P]);
  expect(ended(deletion, plain, 'ann')).toEqual([]);
});

it('a deletion that tells only its key may be anybody’s', () => {
  expect(ended({ o: 'd', t: 'member', k: '1', r: { id: '1' } }, plain, 'ann')).toEqual([P, Q]);
});

it('a membership given to somebody else ends for whom it was', () => {
  expect(ended(update({ user_id: 'ann' }))).toEqual([P]);
  expect(ended(update({ user_id: 'ann' }), plain, 'carol')).toEqual([]);
});

it('another role ends nothing, nor does what does not say who belongs', () => {
  expect(ended(update({ role: 'viewer' }))).toEqual([]);
  expect(ended(update({ name: 'Robert' }))).toEqual([]);
  expect(ended({ o: 'i', t: 'member', k: '1', s: P, r: row })).toEqual([]);
});

it('a role by which members are chosen may end them', () => {
  const chosen = schema(`select project_id as scope_id, user_id, role from member where role <> 'viewer'`);
  expect(ended(update({ role: 'viewer' }), chosen)).toEqual([P]);
});

it('an update that does not tell what was may have ended it', () => {
  const { o, t, k, s, p, r } = update({ role: 'viewer' });
  expect(ended({ o, t, k, s: s ?? P, p: p ?? P, r })).toEqual([P]);
});

it('a truncate ends all', () => {
  expect(ended({ o: 't', t: 'member', k: '', r: {} })).toEqual([P, Q]);
});

it('where several tables say who belongs, one row may be about anybody', () => {
  const teams = schema('select project_id as scope_id, user_id, role from member join team using (id)', [
    'member',
    'team',
  ]);
  expect(ended({ o: 'd', t: 'team', k: '9', r: { id: '9' } }, teams, 'ann')).toEqual([P, Q]);
});
