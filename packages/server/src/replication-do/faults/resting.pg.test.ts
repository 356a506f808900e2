/// <reference types="node" />
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Following } from '../testing/following.ts';
import { KINDS, idsTo, task, withDatabase } from '../testing/fixtures.ts';

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();
  const connections = () =>
    db.ask(
      `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'vibestack'`,
    );
  const slot = (what: string) =>
    db.ask(`select (${what})::text from pg_replication_slots where slot_name = '${db.name}'`);

  /** Until a question has this answer. */
  const until = async (ask: () => Promise<string | null>, answer: string) => {
    while ((await ask()) !== answer) await sleep(5);
  };

  const rest = async (following: Following) => {
    for (let i = 0; i < 40 && following.facts.state !== 'resting'; i++) {
      await following.advance(30_000);
      await sleep(20); // answers take real time
    }
    expect(following.facts.state).toBe('resting');
  };

  it('when nobody listens it rests without a connection, and drains what gathered from time to time', async () => {
    const following = await db.follow(kind, { limits: { drainInterval: 600_000 } });
    const { epoch } = following;
    await db.run(task(1));
    await following.untilLogged(1);
    following.isWanted = false;
    await rest(following);
    await until(connections, '0');
    expect(await slot('active')).toBe('false');
    await db.run(task(2), task(3), `insert into unrelated values (1, 'x')`);
    const behind = await slot('confirmed_flush_lsn');
    await following.advance(60_000);
    expect(following.ids()).toEqual(['1']);
    await following.advance(600_000);
    await following.untilLogged(3);
    await following.until(() => following.facts.state === 'resting', 'it rests again');
    await until(connections, '0');
    expect(await slot('confirmed_flush_lsn')).not.toBe(behind);
    expect(await slot(`confirmed_flush_lsn >= (select max(lsn) from (values ('${behind}'::pg_lsn)) l (lsn))`)).toBe(
      'true',
    );
    following.isWanted = true;
    await following.ready();
    await db.run(task(4));
    await following.untilLogged(4);
    expect(following.ids()).toEqual(idsTo(4));
    expect(following.epoch).toBe(epoch);
  });

  it('who asks for it while it drains, or connects to do so, has it follow', async () => {
    const following = await db.follow(kind, { limits: { drainInterval: 600_000 } });
    following.isWanted = false;
    await rest(following);
    const waking = following.advance(600_000);
    await following.until(() => following.facts.state !== 'resting', 'it wakes');
    await following.ready();
    await waking;
    await following.untilFollowing();
    await db.run(task(1));
    await following.untilLogged(1);
    expect(following.facts.state).toBe('following');
  });

  it('who asks for it while it rests has it follow, though nobody listens yet', async () => {
    const following = await db.follow(kind);
    following.isWanted = false;
    await rest(following);
    await following.ready();
    await db.run(task(1));
    await following.untilLogged(1);
    expect(following.facts.state).toBe('following');
  });

  it('told to stop while it connects, it stays stopped until it is asked for', async () => {
    const following = await db.follow(kind);
    following.crash();
    const ready = following.ready();
    await following.follower.stop();
    await ready;
    expect(following.facts.state).toBe('stopped');
    await until(connections, '0');
    await following.ready();
    await db.run(task(1));
    await following.untilLogged(1);
  });

  it('idle times, in which others write much, move the slot and cost few rows', async () => {
    const following = await db.follow(kind);
    await db.run(task(1));
    await following.untilLogged(1);
    const rows = following.storage.rowsWritten;
    for (let i = 0; i < 4; i++) {
      await db.run(`insert into unrelated select n, repeat('x', 100) from generate_series(1, 2000) n`);
      const target = await db.ask('select pg_current_wal_flush_lsn()');
      const isThere = async () => {
        await following.advance(11_000);
        await db.run(`insert into unrelated values (0, '')`); // so that a stream says something
        return slot(`confirmed_flush_lsn >= '${target}'::pg_lsn`);
      };
      await until(isThere, 'true');
    }
    expect(following.facts.changes).toBe(1);
    // Records of acknowledgement, and what the alarm's queue needs.
    expect(following.storage.rowsWritten - rows).toBeLessThan(kind === 'stream' ? 80 : 500);
  });
});
