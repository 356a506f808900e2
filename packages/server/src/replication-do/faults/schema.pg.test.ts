import type { SyncSchema } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { SCOPE_ALL } from '../assemble/steps.ts';
import { KINDS, idsTo, task, withDatabase } from '../testing/fixtures.ts';
import { schema } from '../testing/messages.ts';

/** As the version that goes without titles knows it. */
const withoutTitle: SyncSchema = {
  ...schema,
  version: 2,
  tables: schema.tables.map((table) => ({
    ...table,
    columns: table.columns.filter(({ name }) => name !== 'title'),
  })),
};

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it('a column that is added in mid-stream is left out, shown, and warned of', async () => {
    const following = await db.follow(kind);
    await db.run(task(1));
    await following.untilLogged(1);
    await db.run(`alter table task add column colour text default 'red'`, task(2));
    await following.untilLogged(2);
    expect(following.logged().at(-1)?.changes[0]?.r).toEqual({ id: '2', project_id: 'p', title: 'x' });
    expect(following.facts.ignoredColumns).toMatchObject({ task: ['colour'] });
    expect(following.reports).toContainEqual({
      level: 'warn',
      event: 'replication.columns_ignored',
      fields: expect.objectContaining({ table: 'task', columns: ['colour'] }) as object,
    });
  });

  it('a known column that is dropped stops it before that change, until a version comes that does not know it', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    await db.run(task(1), 'alter table task drop column title', `insert into task values (2, 'p')`);
    await following.untilFailed('schema_mismatch');
    expect(following.facts.problem?.message).toContain('title');
    expect(following.facts.problem?.hint).not.toBe('');
    await following.until(() => following.ids().join() === '1', 'what came before is logged');
    await db.run(`insert into task values (3, 'p')`);
    for (let i = 0; i < 3; i++) await following.advance(30_000);
    expect(following.ids()).toEqual(['1']);
    following.schema = withoutTitle;
    await following.evict();
    void following.ready();
    await following.untilLogged(3);
    expect(following.ids()).toEqual(idsTo(3));
    expect(following.epoch).toBe(epoch);
    expect(following.facts.problem).toBeNull();
  });

  it('a replica identity without the scope stops it, and says what to run', async () => {
    const following = await db.follow(kind);
    await db.run(task(1), 'alter table task replica identity default', 'delete from task');
    await following.untilFailed('replica_identity');
    expect(following.facts.problem?.hint).toContain('alter table task replica identity full');
    expect(following.logged().flatMap(({ changes }) => changes.map(({ o }) => o))).not.toContain('d');
  });

  it('a table that is renamed is missed, and when it is back, history begins anew: what was written meanwhile is lost to it', async () => {
    const following = await db.follow(kind);
    await db.run(task(1), 'alter table task rename to job', `insert into job values (2, 'p', 'x')`);
    await following.advance(30_000);
    await following.until(
      () => following.facts.problem?.message.includes('leaves out public.task') ?? false,
      'it says so',
    );
    const { epoch } = following;
    await db.run('alter table job rename to task');
    await following.untilFollowing();
    await db.run(task(3));
    await following.untilLogged(3);
    expect(following.epoch).not.toBe(epoch);
  });

  it('TRUNCATE is logged, for everybody', async () => {
    const following = await db.follow(kind);
    await db.run(task(1));
    await following.untilLogged(1);
    following.told.length = 0;
    await db.run('truncate task, member', task(2));
    await following.untilLogged(2);
    expect(following.logged()[1]?.changes).toMatchObject([
      { o: 't', t: 'task' },
      { o: 't', t: 'member' },
    ]);
    expect(following.told.some((scopes) => scopes.has(SCOPE_ALL))).toBe(true);
  });
});
