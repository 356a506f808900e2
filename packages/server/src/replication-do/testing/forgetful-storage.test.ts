import { expect, it } from 'vitest';
import { describeObjectStorage } from '../storage/object-storage.conformance.ts';
import { ForgetfulStorage } from './forgetful-storage.ts';

const storage = new ForgetfulStorage();
describeObjectStorage('storage that forgets', async (test) => {
  await test(storage);
});

it('a crash takes what was not synced, and a sync under way fails', async () => {
  const forgetful = new ForgetfulStorage();
  forgetful.exec('create table t (id integer primary key)');
  forgetful.exec('insert into t values (1)');
  await forgetful.sync();
  forgetful.exec('insert into t values (2)');
  const syncing = forgetful.sync();
  forgetful.crash();
  await expect(syncing).rejects.toThrow('gone');
  expect(forgetful.exec('select id from t')).toEqual([{ id: 1 }]);
});
