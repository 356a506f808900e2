import type { MutationResult } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { GapError, StagingMissingError } from './errors.ts';
import { A, B, EPOCH, del, freshStore, interval, load, lsn, patch, put, tasks, transaction } from './testing.ts';
import type { Store } from './types.ts';

const row = (id: string, title: string, points: string | null = null) => ({ id, project_id: 'a', title, points });
const write = async (store: Store, sql: string, params: unknown[] = []) =>
  (await store.transaction((tx) => tx.query(sql, params))).mutation;
const result = (store: Store, id: number, outcome: 'accepted' | 'rejected'): MutationResult => ({
  clientId: store.clientId,
  id,
  outcome,
  hlc: store.state().clock,
  ...(outcome === 'rejected' ? { error: { code: 'forbidden', message: 'No.' } } : {}),
});

describe('local writes', () => {
  it('become one mutation per transaction, one op per row, changed columns only', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one'), row('2', 'two')]);
    const { mutation } = await store.transaction(async (tx) => {
      await tx.query(`update task set title = 'uno' where id = '1'`);
      await tx.query(`update task set title = 'eins' where id = '1'`);
      await tx.query(`delete from task where id = '2'`);
      await tx.query(`insert into task values ('3', 'a', 'three', 9007199254740993)`);
      await tx.query(`insert into task values ('4', 'a', 'gone', null)`);
      await tx.query(`delete from task where id = '4'`);
    });
    expect(mutation?.ops).toEqual([
      { op: 'patch', table: 'task', key: '1', row: { title: 'eins' } },
      { op: 'delete', table: 'task', key: '2' },
      {
        op: 'insert',
        table: 'task',
        key: '3',
        row: { id: '3', project_id: 'a', title: 'three', points: '9007199254740993' },
      },
    ]);
    expect(mutation).toMatchObject({ id: 1, clientId: store.clientId });
  });

  it('a row deleted and inserted again is a patch', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one', '5')]);
    const { mutation } = await store.transaction(async (tx) => {
      await tx.query(`delete from task where id = '1'`);
      await tx.query(`insert into task values ('1', 'a', 'again', 5)`);
    });
    expect(mutation?.ops).toEqual([{ op: 'patch', table: 'task', key: '1', row: { title: 'again' } }]);
  });

  it('that change nothing are no mutation', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    expect(await write(store, `update task set title = 'one'`)).toBeNull();
    expect(await write(store, 'select 1')).toBeNull();
    expect(await store.pendingCount()).toBe(0);
  });

  it('leave no trace when they fail', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await expect(
      store.transaction(async (tx) => {
        await tx.query(`update task set title = 'x'`);
        await tx.query('select 1 / 0');
      }),
    ).rejects.toThrow('division by zero');
    expect(await tasks(store)).toEqual([row('1', 'one')]);
    expect(await store.pendingCount()).toBe(0);
    expect((await write(store, `update task set title = 'y'`))?.id).toBe(1);
  });

  it.each([
    ['a changed primary key', `update task set id = '9' where id = '1'`, 'cannot be changed'],
    ['TRUNCATE', 'truncate task', 'cannot be synchronised'],
  ])('refuse %s', async (_, sql, message) => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await expect(write(store, sql)).rejects.toThrow(message);
    expect(await tasks(store)).toEqual([row('1', 'one')]);
  });

  it('of 20,000 rows in one statement are captured', async () => {
    const { store } = await freshStore();
    await load(store);
    const mutation = await write(
      store,
      `insert into task select n::text, 'a', 't' || n, n from generate_series(1, 20000) n`,
    );
    expect(mutation?.ops).toHaveLength(20_000);
    expect((await write(store, `update task set points = points + 1 where points <= 100`))?.ops).toHaveLength(100);
  });

  it('have clocks that rise, also under a clock that stands still', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    const first = await write(store, `update task set title = 'a'`);
    const second = await write(store, `update task set title = 'b'`);
    expect((second?.hlc ?? '') > (first?.hlc ?? '')).toBe(true);
  });

  it('survive closing and opening', async () => {
    const { store, reopen } = await freshStore();
    await load(store, [row('1', 'one')]);
    const mutation = await write(store, `update task set title = 'mine'`);
    const again = await reopen();
    expect(await again.pending(10)).toEqual([mutation]);
    expect(again.state()).toEqual(store.state());
    expect(again.clientId).toBe(store.clientId);
  });

  it('through a read are refused', async () => {
    const { store } = await freshStore();
    await expect(store.read(`insert into project values ('x', 'x')`)).rejects.toThrow('read-only');
  });
});

describe('what exists on this client alone', () => {
  it('is not sent, and survives what the server says of the row', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    expect(await write(store, `update task set is_open = true`)).toBeNull();
    await write(store, `update task set title = 'mine'`);
    await store.applyInterval(interval(10, 11, transaction(11, [put('task', row('1', 'theirs', '3'))])));
    await store.applyInterval(interval(11, 12, transaction(12, [], [result(store, 1, 'rejected')])));
    expect(await store.read('select title, is_open, title_length from task')).toEqual([
      { title: 'theirs', is_open: true, title_length: 6 },
    ]);
  });

  it('has its default in a row that comes by a download beside others', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await store.reset();
    await load(store, [row('1', 'one'), row('2', 'two')]);
    expect(await store.read('select is_open, title_length from task order by id')).toEqual([
      { is_open: false, title_length: 3 },
      { is_open: false, title_length: 3 },
    ]);
  });

  it('tells the live queries when a table of its own changes', async () => {
    const { store } = await freshStore();
    const { mutation, changed } = await store.transaction((tx) => tx.query(`insert into draft values (1, 'x')`));
    expect(mutation).toBeNull();
    expect([...changed]).toEqual([['draft', 'all']]);
  });
});

describe('intervals', () => {
  it('are applied only where they begin at the store’s position', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await expect(store.applyInterval(interval(11, 12))).rejects.toThrow(GapError);
    await expect(store.applyInterval({ ...interval(10, 12), epoch: 'other' as typeof EPOCH })).rejects.toThrow(
      GapError,
    );
    expect(await store.applyInterval(interval(8, 10))).toEqual({ status: 'ignored' });
    await store.applyInterval(interval(10, 12, transaction(12, [patch('task', row('1', 'ein'))])));
    expect(store.state().position).toEqual({ epoch: EPOCH, lsn: lsn(12) });
    expect(await tasks(store)).toEqual([row('1', 'ein')]);
  });

  it('leave columns alone that they do not name', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one', '7')]);
    await store.applyInterval(interval(10, 11, transaction(11, [patch('task', { id: '1', title: 'ein' })])));
    expect(await tasks(store)).toEqual([row('1', 'ein', '7')]);
  });

  it('a row goes with its scope only while it is in it', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    const leave = (scope: typeof A) => ({ op: 'leave' as const, table: 'task', key: '1', scope });
    await store.applyInterval(interval(10, 11, transaction(11, [leave(B)])));
    expect(await tasks(store)).toHaveLength(1);
    await store.applyInterval(interval(11, 12, transaction(12, [leave(A)])));
    expect(await tasks(store)).toHaveLength(0);
  });

  it('several scopes that a row left are told together, as compacted history tells them', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    const leave = (scope: typeof A) => ({ op: 'leave' as const, table: 'task', key: '1', scope });
    await store.applyInterval(interval(10, 12, transaction(12, [leave(A), leave(B)])));
    expect(await tasks(store)).toHaveLength(0);
  });

  it('name the rows that they changed', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    const applied = await store.applyInterval(
      interval(10, 11, transaction(11, [put('task', row('2', 'two')), del('task', '1')])),
    );
    expect(applied.status === 'applied' && [...(applied.changed.get('task') as Set<string>)].sort()).toEqual([
      '1',
      '2',
    ]);
  });

  it('an admission without its download is an error that asks for it again', async () => {
    const { store } = await freshStore();
    const message = { ...interval(null, 10), admit: { nonce: 'lost', scopes: [A], transactions: [] } };
    await expect(store.applyInterval(message)).rejects.toThrow(StagingMissingError);
    expect(store.state().position).toBeNull();
  });
});

describe('a pending row', () => {
  it('stays on top of what the server says, and shows it once its mutation is confirmed', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await write(store, `update task set title = 'mine' where id = '1'`);
    await store.applyInterval(
      interval(10, 11, transaction(11, [patch('task', { id: '1', title: 'theirs', points: '3' })])),
    );
    expect(await tasks(store)).toEqual([row('1', 'mine', '3')]);
    await store.applyInterval(
      interval(11, 12, transaction(12, [patch('task', { id: '1', title: 'mine' })], [result(store, 1, 'accepted')])),
    );
    expect(await tasks(store)).toEqual([row('1', 'mine', '3')]);
    expect(await store.pendingCount()).toBe(0);
    expect(await store.watermarks()).toEqual({ [store.clientId]: 1 });
  });

  it('shows the server’s values again when its mutation is rejected, and the attempt is kept', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await write(store, `update task set title = 'first', points = 1 where id = '1'`);
    await write(store, `update task set title = 'second' where id = '1'`);
    await store.applyInterval(interval(10, 11, transaction(11, [], [result(store, 1, 'rejected')])));
    expect(await tasks(store)).toEqual([row('1', 'second', null)]);
    expect(await store.rejections()).toMatchObject([
      { id: 1, error: { code: 'forbidden' }, ops: [{ row: { title: 'first', points: '1' } }] },
    ]);
    await store.applyInterval(interval(11, 12, transaction(12, [], [result(store, 2, 'rejected')])));
    expect(await tasks(store)).toEqual([row('1', 'one')]);
  });

  it('goes with a deletion by somebody else', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await write(store, `update task set title = 'mine' where id = '1'`);
    await store.applyInterval(interval(10, 11, transaction(11, [del('task', '1')])));
    expect(await tasks(store)).toEqual([]);
  });

  it('that stands in the way of the server’s truth is set aside until its result', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await write(store, `insert into task values ('2', 'a', 'mine', null)`);
    await store.applyInterval(interval(10, 11, transaction(11, [del('task', '1'), del('project', 'a')])));
    expect(await tasks(store)).toEqual([]);
    expect(await store.pendingCount()).toBe(1);
    await store.applyInterval(interval(11, 12, transaction(12, [], [result(store, 1, 'rejected')])));
    expect(await tasks(store)).toEqual([]);
    expect(await store.pendingCount()).toBe(0);
  });
});

describe('scopes', () => {
  it('a lost scope takes its rows at once and keeps the pending mutations', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    await write(store, `update task set title = 'mine' where id = '1'`);
    await write(store, `insert into task values ('2', 'a', 'new', null)`);
    await store.dropScopes([A]);
    expect(await tasks(store)).toEqual([]);
    expect(store.state().scopes).toEqual([]);
    expect(await store.pendingCount()).toBe(2);
  });

  it('a gained scope is brought up to the stream before it is shown', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one')]);
    const columns = ['id', 'project_id', 'title', 'points'];
    const text = new TextEncoder().encode(
      '5\tb\told\t\\N\n6\tb\tdeleted since\t\\N\n1\tb\tbefore it moved to a\t\\N\n',
    );
    store.stage({
      nonce: 'n2',
      scopes: [B],
      results: [],
      tables: [
        { table: 'project', columns: ['id', 'name'], chunks: [new TextEncoder().encode('b\tBeta\n')] },
        { table: 'task', columns, chunks: [text] },
      ],
    });
    const unseen = transaction(9, [
      patch('task', { id: '5', title: 'new' }),
      del('task', '6'),
      { op: 'leave', table: 'task', key: '1', scope: B },
    ]);
    await store.applyInterval({ ...interval(10, 10), admit: { nonce: 'n2', scopes: [B], transactions: [unseen] } });
    expect(await tasks(store)).toEqual([row('1', 'one'), { ...row('5', 'new'), project_id: 'b' }]);
    expect(store.state().scopes).toEqual([A, B]);
  });

  it('after a reset the next download replaces everything but the pending ops', async () => {
    const { store } = await freshStore();
    await load(store, [row('1', 'one'), row('2', 'phantom')]);
    await write(store, `update task set title = 'mine' where id = '1'`);
    await store.reset();
    expect(await tasks(store)).toHaveLength(2);
    await load(store, [row('1', 'restored', '4')]);
    expect(await tasks(store)).toEqual([row('1', 'mine', '4')]);
    expect(await store.pendingCount()).toBe(1);
  });
});

describe('a store that was rebuilt', () => {
  it('takes over the mirrored mutations under their old ids', async () => {
    const lost = await freshStore();
    await load(lost.store, [row('1', 'one')]);
    const mutation = await write(lost.store, `update task set title = 'mine' where id = '1'`);
    const { store } = await freshStore();
    await store.adopt(mutation ? [mutation] : []);
    await load(store, [row('1', 'one')]);
    expect(await tasks(store)).toEqual([row('1', 'mine')]);
    expect(await store.pending(10)).toEqual([mutation]);
    expect(store.clientId).not.toBe(mutation?.clientId);
  });
});
