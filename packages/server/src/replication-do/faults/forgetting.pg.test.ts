/// <reference types="node" />
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { PgConnection } from '@vibestack/replication';
import { connect } from '@vibestack/replication/node';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { callWitness, createApplication, run } from '../testing/application.ts';
import { Following } from '../testing/following.ts';
import { ForgetfulStorage } from '../testing/forgetful-storage.ts';
import type { Moment } from '../testing/machine.ts';

/** Says that all is durable, and makes it so a little later. */
class HastyStorage extends ForgetfulStorage {
  override sync(): Promise<void> {
    setTimeout(() => void super.sync().catch(() => undefined), 10);
    return Promise.resolve();
  }
}

const MOMENTS: readonly (Moment | 'any time')[] = [
  'before sync',
  'before acknowledging',
  'any time',
  'after sync',
  'after acknowledging',
  'before fencing',
  'after fencing',
];

describe.each(['stream', 'poll'] as const)('over a %s', { timeout: 240_000 }, (kind) => {
  let database: TestDatabase;
  let following: Following;

  const begin = async (storage: ForgetfulStorage) => {
    following = await new Following({ kind, url: () => database.url, slot: database.name, storage }).ready();
    await following.until(() => following.facts.lag === null && following.epoch !== null);
  };

  beforeEach(async () => {
    database = await createTestDatabase(inject('postgresUrl'));
    await createApplication(database.url);
    await run(database.url, `alter database ${database.name} set logical_decoding_work_mem = '64kB'`);
  });

  afterEach(async () => {
    await following.close();
    await database.drop();
  });

  /** Two writers, until told to stop: single rows, small transactions, large ones, ones that are rolled back in part. */
  async function write(goesOn: () => boolean): Promise<void> {
    let id = 0;
    const one = () => `insert into task values (${++id}, 'p', 'one')`;
    const many = (count: number, length: number) => {
      const from = id + 1;
      id += count;
      return `insert into task select n, 'p', repeat('x', ${length}) from generate_series(${from}, ${id}) n`;
    };
    const statements = [
      one,
      () => many(3, 10),
      one,
      () => `begin; ${one()}; savepoint s; ${many(200, 400)}; rollback to s; ${many(100, 1000)}; commit`,
      one,
      () => many(150, 2500),
      () => `begin; ${many(300, 400)}; rollback`,
    ];
    const writer = async () => {
      const connection = await PgConnection.open(connect, database.url);
      for (let i = 0; goesOn(); i++) {
        await connection.simple(statements[i % statements.length]?.() ?? '');
        await sleep(10);
      }
      await connection.close();
    };
    await Promise.all([writer(), writer()]);
  }

  /** Loses the machine so many times, at each moment in turn, while there are writes; or until it is over. */
  async function crash(times: number, isOver = () => false): Promise<ReadonlyMap<string, number>> {
    const crashes = new Map<string, number>();
    let next = 0;
    let skip = 0;
    const isFence = () => (MOMENTS[next % MOMENTS.length] ?? '').includes('fencing');
    const lose = (moment: string) => {
      crashes.set(moment, (crashes.get(moment) ?? 0) + 1);
      next++;
      skip = isFence() ? 0 : Math.floor(Math.random() * 3);
    };
    following.loseAt = (moment) => {
      if (moment !== MOMENTS[next % MOMENTS.length] || skip-- > 0) return false;
      lose(moment);
      return true;
    };
    const end = Date.now() + 120_000;
    while (following.crashes < times && Date.now() < end && !isOver()) {
      if (MOMENTS[next % MOMENTS.length] === 'any time') {
        await sleep(Math.random() * 60);
        lose('any time');
        following.crash();
      }
      if (isFence() && following.facts.state === 'following') await following.evict();
      if (following.facts.state === 'failed' || following.facts.state === 'stopped') void following.ready();
      await sleep(2);
    }
    following.loseAt = () => false;
    return crashes;
  }

  it('each commit is logged once, in order, however often the machine is lost', async () => {
    await begin(new ForgetfulStorage());
    const { epoch } = following;
    const truth = await callWitness(database.url);
    let goesOn = true;
    const writing = write(() => goesOn);
    const crashes = await crash(70);
    goesOn = false;
    await writing;
    await run(database.url, `insert into task values (0, 'p', 'last')`);
    await following.untilLogged(0);
    expect(Math.min(...MOMENTS.map((moment) => crashes.get(moment) ?? 0))).toBeGreaterThan(7);
    expect(following.epoch).toBe(epoch);
    const logged = following
      .logged()
      .map(({ lsn, changes }) => ({ lsn, ids: changes.filter(({ o }) => o === 'i').map(({ k }) => k) }));
    const committed = await truth();
    expect(logged.map(({ lsn, ids }) => `${lsn} ${ids.length}`)).toEqual(
      committed.map(({ lsn, ids }) => `${lsn} ${ids.length}`),
    );
    expect(logged).toEqual(committed);
  });

  it('the same finds out an object that acknowledges before its storage is durable', async () => {
    await begin(new HastyStorage());
    const { epoch } = following;
    const truth = await callWitness(database.url);
    let goesOn = true;
    const writing = write(() => goesOn);
    await crash(25, () => following.epoch !== epoch);
    goesOn = false;
    await writing;
    await run(database.url, `insert into task values (0, 'p', 'last')`);
    for (let tries = 0; tries < 500 && following.epoch === epoch && !following.ids().includes('0'); tries++) {
      await sleep(20);
    }
    const committed = (await truth()).flatMap(({ ids }) => ids);
    expect(following.epoch === epoch && following.ids().join() === committed.join()).toBe(false);
  });
});
