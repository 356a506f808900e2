/// <reference types="@cloudflare/vitest-plugin/types" />
import { abortAllDurableObjects, runDurableObjectAlarm } from 'cloudflare:test';
import type { Lsn } from '@vibestack/sync-types';
import { afterAll, describe, expect, it } from 'vitest';
import { slotName } from '../database/config.ts';
import { TestClient, outside, testEnv } from '../testing/client.ts';
import { decodeBodies } from './index.ts';
import { replicationStub } from './stub.ts';

const stub = () => replicationStub(testEnv);
const object = () => testEnv.REPLICATION.getByName(`slot/${slotName(testEnv)}`);
const slot = () =>
  outside(async (sql) => {
    const [row] = await sql.rows(
      `select active::text as active, confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = $1`,
      [slotName(testEnv)],
    );
    return row ?? null;
  });
const until = async <T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
/** A change that the log must have, through all that happens to the object. */
const rename = (name: string) =>
  outside((sql) => sql.rows(`update person set color = $1 where name = 'Ann Adler'`, [name]));
const colors = async (from: Lsn) => {
  const { epoch } = await stub().ready();
  const page = epoch && (await stub().read('everybody', epoch, from, 10_000_000, null));
  return decodeBodies(page ? page.bodies : []).flatMap(({ changes }) =>
    changes.flatMap(({ t, r }) => (t === 'person' ? [r['color']] : [])),
  );
};
const everybody = async () => {
  const people = await outside((sql) => sql.rows('select id from person'));
  await stub().subscribe(
    'everybody',
    people.map(({ id }) => `user:${id ?? ''}` as never),
  );
};

afterAll(async () => {
  await stub().subscribe('everybody', []);
});

describe('the replication object', () => {
  it('says how it is: where it stands, how far behind, what it keeps', async () => {
    await everybody();
    const before = await stub().ready();
    await rename('#111111');
    const status = await until(
      () => stub().status(),
      ({ durable }) => durable > before.durable,
    );
    expect(status).toMatchObject({
      state: 'following',
      source: testEnv.REPLICATION_SOURCE,
      problem: null,
      groups: 1,
      changes: 1,
    });
    expect(status.log.bytes).toBeGreaterThan(0);
    expect(status.rowsWritten).toBeGreaterThan(0);
    expect(status.restarts).toBeGreaterThan(0);
    expect(status.acked && status.acked > before.durable).toBe(true);
    expect(status.run).toMatch(/^[0-9a-f-]{36}$/);
    // Hidden columns are not in the log.
    expect(status.ignoredColumns['person']).toContain('email');
  });

  it('after the loss of the object its alarm begins again where it ended', async () => {
    await everybody();
    const { durable, epoch } = await stub().ready();
    await abortAllDurableObjects();
    await rename('#222222');
    expect(await runDurableObjectAlarm(object())).toBe(true);
    const status = await until(
      () => stub().status(),
      (now) => now.durable > durable,
    );
    expect(status.epoch).toBe(epoch);
    expect(await colors(durable)).toEqual(['#222222']);
  });

  it('released, it drops the slot and forgets; asked again, it begins a new epoch', async () => {
    const { epoch } = await stub().ready();
    await stub().release();
    expect(await slot()).toBeNull();
    expect(await stub().status()).toMatchObject({ state: 'stopped', epoch: null, log: { bytes: 0, segments: 0 } });
    const again = await stub().ready();
    expect(again.state).toBe('following');
    expect(again.epoch).not.toBe(epoch);
    expect(await slot()).not.toBeNull();
  });

  it('recreated, it has a slot, an epoch and an empty log', async () => {
    await everybody();
    const before = await stub().ready();
    await rename('#333333');
    await until(
      () => stub().status(),
      ({ durable }) => durable > before.durable,
    );
    const after = await stub().recreate();
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.log.segments).toBe(0);
    expect(await stub().read('everybody', before.epoch as never, before.durable, 1000, null)).toBeNull();
  });

  it('knows who listens, until the last socket of a group is gone', async () => {
    const { groups } = await stub().status();
    const { client } = await TestClient.live('Ann Adler');
    expect((await stub().status()).groups).toBe(groups + 1);
    client.close();
    await until(
      () => stub().status(),
      (status) => status.groups === groups,
    );
    expect(await stub().renew('nobody')).toBe(false);
  });

  it('a group reads nothing of scopes that it does not listen to', async () => {
    await everybody();
    await stub().subscribe('others', ['user:00000000-0000-0000-0000-000000000000' as never]);
    const { durable, epoch } = await stub().ready();
    await rename('#444444');
    const { durable: end } = await until(
      () => stub().status(),
      (now) => now.durable > durable,
    );
    expect(await stub().read('others', epoch as never, durable, 1000, null)).toMatchObject({ to: end, bodies: [] });
    expect(await colors(durable)).toEqual(['#444444']);
    await stub().subscribe('others', []);
  });

  it('the cron leaves it alone while it runs', async () => {
    const { restarts } = await stub().ready();
    await stub().ensure();
    expect((await stub().status()).restarts).toBe(restarts);
  });
});
