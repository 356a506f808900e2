import { PgConnection } from '@vibestack/replication';
import { connect } from '@vibestack/replication/node';
import { describe, expect, it } from 'vitest';
import { KINDS, task, withDatabase, withServer } from '../testing/fixtures.ts';

const server = withServer({ checkpoint_timeout: '30s' });

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase(() => server().url);

  /** Writes until the server is gone. @returns what it was told to be committed */
  async function write(from: number): Promise<number[]> {
    const committed: number[] = [];
    try {
      const connection = await PgConnection.open(connect, db.url);
      for (let id = from; ; id++) {
        await connection.simple(task(id));
        committed.push(id);
      }
    } catch {
      return committed;
    }
  }

  it.each(['stopped', 'killed'] as const)(
    'what was acknowledged to writers is logged once when it is %s',
    async (how) => {
      const following = await db.follow(kind);
      const { epoch } = following;
      const committed: number[] = [];
      for (let round = 0; round < 2; round++) {
        const from = (committed.at(-1) ?? 0) + 10;
        const writing = write(from);
        await following.untilLogged(from + 20);
        await (how === 'stopped' ? server().stop() : server().kill());
        committed.push(...(await writing));
        await following.until(() => following.facts.state === 'failed', 'it is failed');
        expect(following.facts.problem?.code).toMatch(/connection_lost|server_error/);
        await server().start();
      }
      await db.run(task(1));
      await following.untilLogged(1);
      expect(following.epoch).toBe(epoch);
      const ids = following.ids().map(Number);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.slice(0, -1)).toEqual([...ids.slice(0, -1)].sort((a, b) => a - b));
      expect(committed.filter((id) => !ids.includes(id))).toEqual([]);
      expect(following.ids().join()).toBe(
        await db.ask(`select string_agg(id::text, ',' order by id = 1, id) from task`),
      );
    },
  );
});
