import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './postmaster.ts';

/** Milliseconds between two looks at a lock that somebody else holds. */
const POLL = 100;

/**
 * Runs `work` while holding a lock file, so that two first starts do not initialise one directory together. A lock
 * whose owner is gone is taken over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!take(path)) await sleep(POLL);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (!isAlive(ownerOf(path))) rmSync(path, { force: true });
  return false;
}

function ownerOf(path: string): number {
  try {
    // An empty file belongs to somebody who is about to write into it: treated as ours, hence alive.
    return Number(readFileSync(path, 'utf8')) || process.pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return process.pid;
    throw error;
  }
}
