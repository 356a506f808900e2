import type { Status } from '../../probe/index.ts';
import type { ProbeWorld } from '../probe-world.ts';

export interface DrainedBacklog {
  /** From the request that wakes the object to the last change durable. */
  readonly seconds: number;
  readonly status: Status;
}

/**
 * Begins a log, stops the object, writes, and lets a new instance of the object fetch what has gathered.
 *
 * @param slot  one that is new
 * @param changes  how many row changes are written
 */
export async function drainBacklog(
  world: ProbeWorld,
  slot: string,
  changes: number,
  write: () => Promise<void>,
): Promise<DrainedBacklog> {
  await world.sql`truncate bench`;
  const first = await world.start(slot);
  await first.ready();
  await first.workerd.kill();
  await write();
  const probe = await world.start(slot);
  try {
    const began = performance.now(); // it is at work before it can answer
    await probe.ready();
    const status = await probe.until((now) => now.changes >= changes);
    const seconds = (performance.now() - began) / 1000;
    await probe.release();
    return { seconds, status };
  } finally {
    await probe.workerd.kill();
  }
}
