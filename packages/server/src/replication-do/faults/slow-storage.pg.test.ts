/// <reference types="node" />
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KINDS, idsTo, task, tasks, withDatabase } from '../testing/fixtures.ts';
import { ForgetfulStorage } from '../testing/forgetful-storage.ts';

class SlowStorage extends ForgetfulStorage {
  delay = 0;
  override async sync(): Promise<void> {
    await sleep(this.delay);
    await super.sync();
  }
}

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();

  it.each([
    ['small transactions', Array.from({ length: 30 }, (_, i) => task(i + 1)), 30],
    ['a large transaction', [tasks(1, 12_000, 1000)], 12_000],
  ])(
    'a storage that takes longer than the server waits loses nothing of %s, and goes on',
    async (_, statements, last) => {
      await db.run(`alter database ${db.name} set wal_sender_timeout = '1s'`);
      const storage = new SlowStorage();
      const following = await db.follow(kind, { storage });
      const { epoch } = following;
      storage.delay = 1500;
      await db.run(...statements);
      await following.untilLogged(last);
      storage.delay = 0;
      expect(following.ids()).toEqual(idsTo(last));
      expect(following.epoch).toBe(epoch);
    },
  );
});
