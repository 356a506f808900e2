import { describe, expect, it } from 'vitest';
import { KINDS, idsTo, task, tasks, withDatabase } from '../testing/fixtures.ts';

/** The alarm's interval, and how long an answer is waited for. */
const WATCH = 30_000;
const SILENCE = 20_000;

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it.each([[['up']], [['down']], [['up', 'down']]] as const)('a black hole (%j) is noticed, and left', async (ways) => {
    const network = await db.network();
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    const { epoch } = following;
    await db.run(task(1));
    await following.untilLogged(1);
    network.goBlack(...ways);
    await db.run(tasks(2, 20));
    expect(following.facts.state).toBe('following');
    await following.advance(WATCH);
    await following.advance(SILENCE);
    await following.until(() => following.facts.problem?.code === 'connection_lost', 'it is noticed');
    network.comeBack();
    await following.advance(WATCH);
    await following.advance(WATCH);
    await following.untilLogged(20);
    expect(following.ids()).toEqual(idsTo(20));
    expect(following.epoch).toBe(epoch);
  });

  it('a black hole while it attaches is left', async () => {
    const network = await db.network();
    network.goBlack('down');
    const following = await db.follow(kind, { url: () => db.url });
    await db.run(task(1));
    await following.untilLogged(1);
    await following.close();
    const second = db.follow(kind, { url: () => network.through(db.url), storage: following.storage });
    await following.until(() => network.swallowed > 0, 'it is on its way');
    network.comeBack();
    network.cut();
    await (await second).untilFollowing();
    await db.run(task(2));
    await (await second).untilLogged(2);
    expect((await second).ids()).toEqual(idsTo(2));
  });

  it('a black hole that stays is tried again and again, and the status says why', async () => {
    const network = await db.network();
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    network.goBlack('up');
    for (let i = 0; i < 6; i++) await following.advance(WATCH);
    await following.until(() => following.facts.problem?.code === 'connection_lost', 'it is noticed');
    const failures = () => following.reports.filter(({ event }) => event === 'replication.failed').length;
    const before = failures();
    for (let i = 0; i < 10 && failures() < before + 2; i++) {
      await following.advance(WATCH);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(failures()).toBeGreaterThan(before + 1);
    network.comeBack();
    for (let i = 0; i < 2; i++) await following.advance(WATCH);
    await db.run(task(1));
    await following.untilLogged(1);
  });

  it('a black hole just when it would rest does not hold it', async () => {
    const network = await db.network();
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    following.isWanted = false;
    network.goBlack('up');
    await db.run(task(1));
    await following.advance(60_000);
    await following.until(() => following.facts.state === 'resting', 'it rests');
    network.comeBack();
    following.isWanted = true;
    await following.ready();
    await following.untilLogged(1);
  });

  it('cuts in the middle of large transactions lose nothing', async () => {
    const network = await db.network();
    await db.run(`alter database ${db.name} set logical_decoding_work_mem = '64kB'`);
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    const { epoch } = following;
    network.bytesPerSecond = 4_000_000;
    for (let i = 0; i < 4; i++) {
      await db.run(tasks(i * 1000 + 1, i * 1000 + 1000, 500));
      await following.until(() => following.facts.state === 'following');
      await new Promise((resolve) => setTimeout(resolve, 20 + i * 30));
      network.cut();
      await following.until(() => following.facts.problem !== null, 'it is noticed');
    }
    network.bytesPerSecond = Infinity;
    await following.untilLogged(4000);
    expect(following.ids()).toEqual(idsTo(4000));
    expect(following.epoch).toBe(epoch);
  });

  it('what became durable while the connection broke is told of', async () => {
    const network = await db.network();
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    following.told.length = 0;
    let isCut = false;
    following.storage.beforeSync = () => {
      if (!isCut && following.logged().length > 0) network.cut();
      isCut ||= following.logged().length > 0;
    };
    await db.run(task(1));
    await following.untilLogged(1);
    await following.until(
      () => following.told.some((scopes) => [...scopes].includes('project:p' as never)),
      'it is told',
    );
  });

  it('a rotated password is asked for once the open connections end', async () => {
    const role = `r_${db.name}`;
    await db.run(`create role ${role} superuser login password 'old'`);
    let password = 'old';
    const url = () => db.url.replace('postgres:postgres', `${role}:${password}`);
    const following = await db.follow(kind, { url });
    try {
      await db.run(`alter role ${role} password 'new'`, task(1));
      await following.untilLogged(1);
      await db.run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
      await following.untilFailed('sign_in_refused');
      expect(following.facts.problem?.hint).toContain('DATABASE_DIRECT_URL');
      password = 'new';
      await db.run(task(2));
      await following.untilLogged(2);
      expect(following.ids()).toEqual(idsTo(2));
      expect(following.facts.problem).toBeNull();
    } finally {
      await following.close();
      await db.run(`drop owned by ${role}`, `drop role ${role}`);
    }
  });
});
