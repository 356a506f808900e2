/// <reference types="node" />
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KINDS, idsTo, task, withDatabase } from '../testing/fixtures.ts';
import { ForgetfulStorage } from '../testing/forgetful-storage.ts';

const planned = (storage: ForgetfulStorage) =>
  storage.exec<{ due: number }>(`select due from task where name = 'slice'`)[0]?.due ?? null;

describe('over a poll', () => {
  const db = withDatabase();

  it('it looks ever less often while nothing comes, and at once when it is told of a write', async () => {
    const storage = new ForgetfulStorage();
    const following = await db.follow('poll', { storage, limits: { pollMin: 1000, pollMax: 60_000 } });
    const gaps: number[] = [];
    for (let look = 0; look < 9; look++) {
      await following.until(() => (planned(storage) ?? 0) > following.now(), 'the next look is planned');
      const gap = (planned(storage) ?? 0) - following.now();
      gaps.push(gap);
      await following.advance(gap + 1);
    }
    expect(gaps[0]).toBeLessThanOrEqual(2000);
    expect(gaps.at(-1)).toBeGreaterThan(50_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
    await following.until(() => (planned(storage) ?? 0) > following.now(), 'the next look is planned');
    await db.run(task(1));
    following.follower.nudge();
    while (!following.ids().includes('1')) await sleep(5); // and no clock is put forward
    await following.until(() => (planned(storage) ?? Infinity) - following.now() <= 1000, 'it looks often again');
  });
});

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it('much work is done in slices, each in an invocation of its own', async () => {
    const storage = new ForgetfulStorage();
    const following = await db.follow(kind, { storage, limits: { slice: 20_000 } });
    storage.exec('create table slices (n integer)');
    storage.exec(`create trigger count_slices after insert on task when new.name = 'slice'
                  begin insert into slices values (1); end`);
    for (let from = 1; from <= 400; from += 40) {
      await db.run(`insert into task select n, 'p', repeat('x', 500) from generate_series(${from}, ${from + 39}) n`);
    }
    await following.untilLogged(400);
    expect(following.ids()).toEqual(idsTo(400));
    expect(storage.exec('select n from slices').length).toBeGreaterThan(3);
  });

  it('how far it is behind is told in bytes and seconds', async () => {
    const storage = new ForgetfulStorage();
    const following = await db.follow(kind, { storage });
    await db.run(task(1));
    await following.untilLogged(1);
    expect(following.facts.rate).toBeGreaterThan(0);
    await following.advance(30_000);
    await following.until(() => following.facts.lag !== null, 'it has looked');
    expect(following.facts.lag).toMatchObject({ seconds: 0, walStatus: 'reserved' });
    expect(following.facts.lag?.restartBytes).toBeGreaterThanOrEqual(0);

    // The disk does not answer: what comes now is behind until it does.
    const disk = Promise.withResolvers<undefined>();
    const sync = storage.sync.bind(storage);
    storage.sync = () => disk.promise.then(sync);
    await db.run(`insert into task select n, 'p', repeat('x', 500) from generate_series(2, 100) n`);
    await sleep(50);
    await following.advance(30_000);
    await following.until(() => (following.facts.lag?.seconds ?? 0) >= 30, 'it says that it is behind');
    expect(following.facts.lag?.bytes).toBeGreaterThan(0);
    storage.sync = sync;
    disk.resolve(undefined);
    await following.untilLogged(100);
  });
});
