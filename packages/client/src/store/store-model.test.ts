import { rebase } from '@vibestack/sync-core';
import type { Change, Mutation, MutationResult, Row } from '@vibestack/sync-types';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { del, freshStore, interval, load, patch, put, tasks, transaction } from './testing.ts';

const KEYS = ['1', '2', '3'];
const value = fc.constantFrom('a', 'b', 'c', 'd');
const key = fc.constantFrom(...KEYS);

type Step =
  | { readonly do: 'local'; readonly sql: string }
  | { readonly do: 'remote'; readonly key: string; readonly what: 'put' | 'patch' | 'del'; readonly value: string }
  | { readonly do: 'result'; readonly accept: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('local' as const),
    sql: fc.oneof(
      fc.tuple(key, value).map(([k, v]) => `update task set title = '${v}' where id = '${k}'`),
      fc.tuple(key, fc.nat(9)).map(([k, n]) => `update task set points = ${n} where id = '${k}'`),
      key.map((k) => `delete from task where id = '${k}'`),
      fc
        .tuple(key, value)
        .map(([k, v]) => `insert into task values ('${k}', 'a', '${v}', null) on conflict do nothing`),
      value.map((v) => `update task set title = '${v}'`),
    ),
  }),
  fc.record({
    do: fc.constant('remote' as const),
    key,
    what: fc.constantFrom('put' as const, 'patch' as const, 'del' as const),
    value,
  }),
  fc.record({ do: fc.constant('result' as const), accept: fc.boolean() }),
);

/** The server as the test imagines it: rows, and mutations that have not been answered. */
class Server {
  readonly rows = new Map<string, Row>();
  readonly waiting: Mutation[] = [];

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.op === 'put') this.rows.set(change.key, change.row);
      if (change.op === 'del') this.rows.delete(change.key);
      const row = this.rows.get(change.op === 'patch' ? change.key : '');
      if (change.op === 'patch' && row) this.rows.set(change.key, { ...row, ...change.row });
    }
  }
}

it('what is visible is always the pending ops rebased on the server’s rows at the store’s position', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { store } = await freshStore();
      const server = new Server();
      const first = { id: '1', project_id: 'a', title: 'zero', points: null };
      server.rows.set('1', first);
      await load(store, [first]);
      let at = 10;
      const send = async (changes: Change[], results: MutationResult[] = []) => {
        server.apply(changes);
        await store.applyInterval(interval(at, at + 1, transaction(at + 1, changes, results)));
        at++;
      };
      for (const one of steps) {
        if (one.do === 'local') {
          const { mutation } = await store.transaction((tx) => tx.query(one.sql));
          if (mutation) server.waiting.push(mutation);
        } else if (one.do === 'remote') {
          const row = { id: one.key, project_id: 'a', title: one.value, points: '5' };
          const change = {
            put: put('task', row),
            patch: patch('task', { id: one.key, title: one.value }),
            del: del('task', one.key),
          };
          await send([change[one.what]]);
        } else {
          const mutation = server.waiting.shift();
          if (!mutation) continue;
          const { clientId, id, hlc } = mutation;
          const changes = one.accept ? effects(server, mutation) : [];
          await send(changes, [{ clientId, id, hlc, outcome: one.accept ? 'accepted' : 'rejected' }]);
        }
        expect(await tasks(store)).toEqual(expected(server));
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

function expected(server: Server): Row[] {
  return KEYS.map((id) => {
    const ops = server.waiting.flatMap((mutation) => mutation.ops.filter((op) => op.key === id));
    return rebase(server.rows.get(id) ?? null, ops);
  }).filter((row) => row !== null);
}

/** What an accepting server does with a mutation: ops on rows that are gone do nothing. */
function effects(server: Server, mutation: Mutation): Change[] {
  return mutation.ops.flatMap((op): Change[] => {
    if (op.op === 'insert') return [put('task', { ...server.rows.get(op.key), ...op.row })];
    if (!server.rows.has(op.key)) return [];
    return [op.op === 'delete' ? del('task', op.key) : patch('task', { id: op.key, ...op.row })];
  });
}
