import { describe, expect, it } from 'vitest';
import { KINDS, idsTo, task, withDatabase } from '../testing/fixtures.ts';

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it('two logs on one slot do not take it from each other for ever, and the one that gives way says why', async () => {
    const first = await db.follow(kind);
    await db.run(task(1));
    await first.untilLogged(1);
    const second = await db.follow(kind);
    const epochs = new Set([first.epoch, second.epoch]);
    const contended = () => [first, second].filter((one) => one.facts.problem?.code === 'slot_contended');
    for (let i = 0; i < 40 && contended().length === 0; i++) {
      await db.run(task(10 + i));
      for (const one of [first, second]) await one.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const one of [first, second]) epochs.add(one.epoch);
    }
    const [loser] = contended();
    const winner = loser === first ? second : first;
    expect(loser?.facts).toMatchObject({ state: 'failed', problem: { code: 'slot_contended' } });
    expect(loser?.facts.problem?.hint).toContain('REPLICATION_SLOT');
    expect(epochs.size).toBeLessThan(6);
    await winner.untilFollowing();
    const { epoch } = winner;
    for (let i = 0; i < 20; i++) await loser?.advance(60_000);
    await db.run(task(100));
    await winner.untilLogged(100);
    expect(winner.epoch).toBe(epoch);
    // What the hint says: the other one gets another slot, and this one begins anew.
    await winner.close();
    await loser?.follower.stop();
    await loser?.record.forget();
    await loser?.ready();
    await db.run(task(101));
    await loser?.untilLogged(101);
  });

  it('a machine that was lost acknowledges nothing more, and its successor has the slot to itself', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    let acknowledged = 0;
    following.loseAt = (moment) => {
      if (moment !== 'before acknowledging') return false;
      acknowledged++;
      return acknowledged === 1;
    };
    await db.run(task(1));
    await following.until(() => following.crashes === 1, 'the machine is lost');
    const at = `select confirmed_flush_lsn from pg_replication_slots where slot_name = '${db.name}'`;
    const before = await db.ask(at);
    await following.until(() => following.facts.state === 'following' || acknowledged === 1, 'the next one is there');
    expect(before).not.toBeNull();
    await db.run(task(2));
    await following.untilLogged(2);
    expect(following.ids()).toEqual(idsTo(2));
    expect(following.epoch).toBe(epoch);
  });

  it.each(['before fencing', 'after fencing', 'before sync', 'after sync'] as const)(
    'a crash %s a token is recognised as our own',
    async (moment) => {
      const following = await db.follow(kind);
      const { epoch } = following;
      for (let skip = 0; skip < (moment.includes('sync') ? 2 : 1); skip++) {
        let left = skip;
        const { crashes } = following;
        await following.evict();
        following.loseAt = (now) => now === moment && following.crashes === crashes && left-- <= 0;
        void following.ready();
        await following.until(() => following.crashes > crashes, 'the machine is lost');
        await following.untilFollowing();
        expect(following.epoch).toBe(epoch);
        expect(following.facts.newEpochReason).toBeNull();
      }
    },
  );

  it('two crashes in a row, after a token was written and before the next one is, are our own', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    const before = following.crashes;
    await following.evict();
    following.loseAt = (now) => {
      const crashed = following.crashes - before;
      return (crashed === 0 && now === 'after fencing') || (crashed === 1 && now === 'before fencing');
    };
    void following.ready();
    await following.until(() => following.crashes === before + 2, 'the machine is lost twice');
    await following.untilFollowing();
    expect(following.epoch).toBe(epoch);
    expect(following.facts.newEpochReason).toBeNull();
  });

  it('a new token, ten minutes later, does not take back what was acknowledged meanwhile', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    let tokens = 0;
    following.loseAt = (moment) => {
      if (moment === 'before fencing') tokens++;
      return false;
    };
    for (let i = 0; i < 22 && tokens === 0; i++) {
      await following.advance(30_000);
      await db.run(`insert into unrelated values (${i}, '')`);
    }
    await following.until(() => tokens > 0, 'a token is written');
    await following.until(
      () => following.record.load()?.fence === following.record.load()?.fenceNext,
      'it is recorded',
    );
    await following.evict();
    await following.ready();
    expect(following.epoch).toBe(epoch);
    expect(following.facts).toMatchObject({ state: 'following', newEpochReason: null });
  });
});
