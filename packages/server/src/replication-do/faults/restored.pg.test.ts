import { describe, expect, it } from 'vitest';
import { KINDS, task, tasks, withDatabase, withServer } from '../testing/fixtures.ts';

const server = withServer();

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase(() => server().url);

  it.each([
    { when: 'before it was attached to last', attachedSince: true },
    { when: 'after it was attached to last', attachedSince: false },
  ])(
    'a server that is put back to a copy taken $when begins a new epoch, though it overtook us',
    async ({ attachedSince }) => {
      const following = await db.follow(kind);
      const { epoch } = following;
      await db.run(task(1));
      await following.untilLogged(1);
      await db.run('checkpoint');
      const putBack = server().copy();
      if (attachedSince) await following.evict();
      for (let id = 2; id < 6; id++) await db.run(task(id));
      await following.untilLogged(5);
      expect(following.epoch).toBe(epoch);
      await server().stop();
      await following.until(() => following.facts.state === 'failed', 'it is failed');
      putBack();
      await following.follower.stop();
      await server().start();
      for (let id = 102; id < 130; id++) await db.run(task(id));
      await db.run(tasks(200, 500, 100));
      await following.follower.ready();
      await following.until(() => following.epoch !== epoch, 'a new epoch begins');
      await db.run(task(600));
      await following.untilLogged(600);
      expect(following.facts.newEpochReason).toBe(
        attachedSince ? 'another log took the fence' : 'the server has another history',
      );
      expect(following.ids()).not.toContain('5');
    },
  );

  it('a server that is put back and has not come as far yet begins a new epoch', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    const putBack = server().copy();
    await db.run(tasks(1, 20_000));
    await following.untilLogged(20_000);
    await server().stop();
    putBack();
    await server().start();
    await following.until(() => following.epoch !== epoch, 'a new epoch begins');
    await following.untilFollowing();
    expect(following.facts.newEpochReason).toBe('the server is older than the log');
  });
});
