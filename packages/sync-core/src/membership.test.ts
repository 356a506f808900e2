import { scopeKey, type SyncSchema, type SyncTable } from '@vibestack/sync-types';
import { expect, it } from 'vitest';
import { compareMemberships, readableTables } from './membership.ts';

const table = (name: string, read: string[]): SyncTable => ({
  name,
  level: 0,
  key: ['id'],
  columns: [],
  scope: { name: 'project', column: 'project_id' },
  access: { read, write: [] },
  merge: 'column',
  category: 'domain',
});
const schema: SyncSchema = {
  version: 1,
  hash: '',
  tables: [table('task', ['viewer', 'editor', 'owner']), table('budget', ['owner'])],
  scopes: [],
  localTables: [],
};
const p = scopeKey('project', 'p');

it('a role reads the tables that name it', () => {
  expect([...readableTables(schema, p, 'viewer')]).toEqual(['task']);
  expect([...readableTables(schema, p, 'owner')]).toEqual(['task', 'budget']);
});

it('joining gains a scope and leaving loses it', () => {
  expect(compareMemberships(schema, new Map(), new Map([[p, 'viewer']]))).toEqual({ gained: [p], lost: [] });
  expect(compareMemberships(schema, new Map([[p, 'viewer']]), new Map())).toEqual({ gained: [], lost: [p] });
});

it('a role that reads other tables is a loss and a gain; one that reads the same is neither', () => {
  expect(compareMemberships(schema, new Map([[p, 'owner']]), new Map([[p, 'viewer']]))).toEqual({
    gained: [p],
    lost: [p],
  });
  expect(compareMemberships(schema, new Map([[p, 'editor']]), new Map([[p, 'viewer']]))).toEqual({
    gained: [],
    lost: [],
  });
});
