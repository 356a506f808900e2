import { describe, expect, it } from 'vitest';
import { SCOPE_ALL } from '../assemble/steps.ts';
import { KINDS, idsTo, task, withDatabase, withServer } from '../testing/fixtures.ts';

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it('a slot that was dropped begins a new epoch, and everybody is told', async () => {
    const following = await db.follow(kind);
    await db.run(task(1));
    await following.untilLogged(1);
    const { epoch } = following;
    following.told.length = 0;
    await db.run(
      `select pg_terminate_backend(active_pid, 5000), pg_sleep(0.01) from pg_replication_slots
       where slot_name = '${db.name}' and active_pid is not null`,
      `select pg_drop_replication_slot('${db.name}')`,
      task(2),
    );
    await following.until(() => following.epoch !== epoch, 'a new epoch begins');
    await following.untilFollowing();
    expect(following.facts.newEpochReason).toBe('the replication slot is gone');
    await following.until(() => following.told.some((scopes) => scopes.has(SCOPE_ALL)), 'everybody is told');
    await db.run(task(3));
    await following.untilLogged(3);
    expect(following.ids()).not.toContain('1');
  });

  it('a slot that was made beforehand is adopted as it is, from here on', async () => {
    await db.run(`select pg_create_logical_replication_slot('${db.name}', 'pgoutput', failover => true)`, task(1));
    const following = await db.follow(kind);
    await db.run(task(2));
    await following.untilLogged(2);
    expect(following.facts.newEpochReason).toBe('the log is new');
    expect(following.ids()).toEqual(['2']);
    expect(await db.ask(`select failover from pg_replication_slots where slot_name = '${db.name}'`)).toBe('true');
  });

  it('a slot of another plugin or database is left alone, and said', async () => {
    const before = await db.follow(kind);
    await before.follower.stop();
    await db.run(
      `select pg_drop_replication_slot('${db.name}')`,
      `select pg_create_logical_replication_slot('${db.name}', 'test_decoding')`,
    );
    const following = await db.follow(kind);
    expect(following.facts.state).toBe('failed');
    expect(following.facts.problem).toMatchObject({
      code: 'slot_taken',
      hint: expect.stringContaining('REPLICATION_SLOT') as string,
    });
    expect(await db.ask(`select plugin from pg_replication_slots where slot_name = '${db.name}'`)).toBe(
      'test_decoding',
    );
  });

  it('what ends its connections is healed, and nothing is lost', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    for (let id = 1; id <= 4; id++) {
      await db.run(
        task(id),
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
         and pid <> pg_backend_pid() and application_name = 'vibestack' and ${id % 2 === 0 ? `backend_type = 'walsender'` : 'true'}`,
      );
      await following.advance(30_000);
      await following.untilLogged(id);
    }
    expect(following.ids()).toEqual(idsTo(4));
    expect(following.epoch).toBe(epoch);
  });

  it('a lost connection is visible while it lasts', async () => {
    const network = await db.network();
    const following = await db.follow(kind, { url: () => network.through(db.url) });
    await network.close();
    await following.until(() => following.facts.state === 'failed', 'it is failed');
    expect(following.facts.problem).toMatchObject({ code: 'connection_lost', hint: '' });
  });
});

describe('a server that keeps little WAL', () => {
  const server = withServer({ max_slot_wal_keep_size: '1MB', max_wal_size: '32MB', min_wal_size: '32MB' });

  describe.each(KINDS)('over a %s', (kind) => {
    const db = withDatabase(() => server().url);

    it('a slot whose WAL is lost begins a new epoch', async () => {
      const following = await db.follow(kind);
      await db.run(task(1));
      await following.untilLogged(1);
      const { epoch } = following;
      await following.follower.stop();
      const lost = `select wal_status from pg_replication_slots where slot_name = '${db.name}'`;
      while ((await db.ask(lost)) !== 'lost') {
        await db.run(
          `insert into unrelated select n, repeat('x', 1000) from generate_series(1, 20000) n`,
          'checkpoint',
        );
      }
      await following.ready();
      expect(following.epoch).not.toBe(epoch);
      expect(following.facts).toMatchObject({
        state: 'following',
        newEpochReason: 'the replication slot lost its WAL',
      });
      await db.run(task(2));
      await following.untilLogged(2);
    });
  });
});

describe('a server that ends idle slots', () => {
  const server = withServer({ idle_replication_slot_timeout: '1s' });

  describe.each(KINDS)('over a %s', (kind) => {
    const db = withDatabase(() => server().url);

    it('a slot that nobody read for long begins a new epoch', async () => {
      const following = await db.follow(kind);
      const { epoch } = following;
      await following.follower.stop();
      const isEnded = `select invalidation_reason from pg_replication_slots where slot_name = '${db.name}'`;
      while ((await db.ask(isEnded)) === null) await db.run(`select pg_sleep(0.3)`, 'checkpoint');
      await following.ready();
      expect(following.epoch).not.toBe(epoch);
      await db.run(task(1));
      await following.untilLogged(1);
    });
  });
});
