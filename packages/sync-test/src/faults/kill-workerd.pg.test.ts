import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFailed, onTestFinished } from 'vitest';
import { Probe, bundleProbe, setUpDatabase, walEnd, type LoggedTransaction } from '../probe/index.ts';
import { NONE, differences } from './history.ts';
import { randomOf } from './random.ts';
import { Writers } from './writers.ts';

const WRITERS = 3;
/** Transactions that they may be ahead at each kill. */
const AHEAD = 150;

let directory: string;
let bundle: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vibestack-kill-'));
  bundle = await bundleProbe(join(directory, 'bundle'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function setUp(): Promise<TestDatabase> {
  const database = await createTestDatabase(inject('postgresUrl'));
  await setUpDatabase(database.sql);
  // The least that there is: transactions of more are streamed while they are open.
  await database.sql.unsafe(`alter database ${database.name} set logical_decoding_work_mem = '64kB'`);
  return database;
}

describe.each([
  { source: 'stream', kills: 50 },
  { source: 'poll', kills: 10 },
] as const)('workerd, killed $kills times while it follows by $source', ({ source, kills }) => {
  it('has every committed transaction in its log once, whole and in commit order, in one epoch', async () => {
    const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
    onTestFailed(() => {
      console.error(`The kills were those of SEED=${seed}`);
    });
    const random = randomOf(seed);
    const database = await setUp();
    const options = { directory: mkdtempSync(join(directory, source)), bundle, databaseUrl: database.url, source };
    const writers = new Writers(database.sql, random);
    let probe = await Probe.start({ ...options, slot: database.name });
    onTestFinished(async () => {
      await probe.workerd.kill();
      await writers.stop();
      await database.drop();
    });
    const restart = async () => {
      await probe.workerd.kill();
      probe = await Probe.start({ ...options, slot: database.name });
    };
    const epochs = new Set([(await probe.ready()).epoch]);
    /** What one reader was given between the kills. */
    const read: LoggedTransaction[] = [];
    let atWork = 0;
    writers.start(WRITERS);
    for (let kill = 0; kill < kills; kill++) {
      writers.allow(AHEAD);
      if (random() < 0.8) {
        const { epoch, durable: before } = await probe.ready();
        epochs.add(epoch);
        writers.allow(AHEAD); // what was allowed before may be in the log already
        await probe.until(({ durable }) => durable > before, 1);
        for await (const transaction of probe.log(read.at(-1)?.lsn)) read.push(transaction);
        await sleep(random() * 250);
        atWork++;
      } else {
        probe.ready().catch(() => undefined); // killed before it can answer, or soon after
        await sleep(random() * 150);
      }
      await restart();
    }
    await writers.stop();
    const end = await walEnd(database.sql);
    await writers.finish();
    epochs.add((await probe.ready()).epoch);
    const { restarts } = await probe.until(({ durable }) => durable > end);
    for await (const transaction of probe.log(read.at(-1)?.lsn)) read.push(transaction);
    const log: LoggedTransaction[] = [];
    for await (const transaction of probe.log()) log.push(transaction);

    expect(differences(read, writers.committed)).toEqual(NONE);
    expect(differences(log, writers.committed)).toEqual(NONE);
    expect(epochs.size).toBe(1);
    expect(restarts).toBeGreaterThan(atWork);
    expect(atWork).toBeGreaterThan(kills / 2);
  }, 240_000);
});
