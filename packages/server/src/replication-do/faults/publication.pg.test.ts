import { describe, expect, it } from 'vitest';
import { KINDS, task, withDatabase } from '../testing/fixtures.ts';

const MADE_ANEW = 'the publication was dropped or made anew';
const EVERYTHING = 'create publication vibestack for table task, member, vibestack.sync_result';

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it.each([
    ['dropped', ['drop publication vibestack', task(2)]],
    ['dropped and made again', ['drop publication vibestack', task(2), EVERYTHING]],
    [
      'without a table for a time',
      ['alter publication vibestack drop table task', task(2), 'alter publication vibestack add table task'],
    ],
  ])('a publication that is %s, while it is followed, begins a new epoch', async (_, statements) => {
    const following = await db.follow(kind);
    await db.run(task(1));
    await following.untilLogged(1);
    const { epoch } = following;
    await db.run(...statements, task(3));
    await following.advance(30_000);
    await following.until(() => following.epoch !== epoch, 'a new epoch begins');
    await following.untilFollowing();
    expect(following.facts.newEpochReason).toBe(MADE_ANEW);
    await db.run(task(4));
    await following.untilLogged(4);
  });

  it.each([
    ['dropped and made again', ['drop publication vibestack', task(2), EVERYTHING]],
    [
      'without a table for a time',
      ['alter publication vibestack drop table task', task(2), 'alter publication vibestack add table task'],
    ],
  ])('a publication that is %s, while nobody follows, begins a new epoch', async (_, statements) => {
    const following = await db.follow(kind);
    const { epoch } = following;
    await following.follower.stop();
    await db.run(...statements);
    await following.ready();
    expect(following.epoch).not.toBe(epoch);
    expect(following.facts).toMatchObject({ state: 'following', newEpochReason: MADE_ANEW });
  });

  it.each([
    [
      'leaves out a table',
      'create publication vibestack for table task, vibestack.sync_result',
      'leaves out public.member',
    ],
    [
      'has a row filter',
      `create publication vibestack for table task where (id > 5), member, vibestack.sync_result with (publish = 'insert, truncate, update, delete')`,
      'only a part of public.task',
    ],
    [
      'has a column list',
      'create publication vibestack for table task (id, project_id), member, vibestack.sync_result',
      'only a part of public.task',
    ],
    [
      'publishes inserts only',
      `create publication vibestack for table task, member, vibestack.sync_result with (publish = 'insert')`,
      'some kinds of changes',
    ],
  ])('a publication that %s is refused, until it is put right', async (_, statement, message) => {
    await db.run(statement);
    const following = await db.follow(kind);
    expect(following.facts).toMatchObject({ state: 'failed', problem: { code: 'publication_wrong' } });
    expect(following.facts.problem?.message).toContain(message);
    expect(following.facts.problem?.hint).not.toBe('');
    await db.run('drop publication vibestack', EVERYTHING);
    await following.untilFollowing();
    await db.run(task(1));
    await following.untilLogged(1);
  });

  it('a table taken out for good stops it, visibly', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    await db.run('alter publication vibestack drop table member');
    await following.advance(30_000);
    await following.until(() => following.facts.problem?.message.includes('leaves out') ?? false, 'it says so');
    expect(following.facts.problem?.hint).toContain('add table public.member');
    await db.run('alter publication vibestack add table public.member');
    await following.untilFollowing();
    expect(following.epoch).not.toBe(epoch);
  });

  it('a role that may not make the publication is told to apply the migrations', async () => {
    const role = `r_${db.name}`;
    await db.run(
      `create role ${role} login replication password 'x'`,
      `grant usage on schema vibestack to ${role}`,
      `grant select, insert, update on vibestack.replication to ${role}`,
      `grant execute on function pg_control_system(), pg_control_checkpoint() to ${role}`,
    );
    const url = new URL(db.url);
    [url.username, url.password] = [role, 'x'];
    try {
      const following = await db.follow(kind, { url: () => url.href });
      expect(following.facts).toMatchObject({ state: 'failed', problem: { code: 'publication_wrong' } });
      expect(following.facts.problem?.hint).toBe('Apply the migrations: forge migrate apply.');
      await db.run(EVERYTHING);
      await following.untilFollowing();
      await db.run(task(1));
      await following.untilLogged(1);
      await following.close();
    } finally {
      await db.run(`drop owned by ${role}`, `drop role ${role}`);
    }
  });
});
