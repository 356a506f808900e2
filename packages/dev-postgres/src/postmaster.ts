import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that says it serves a data directory (`postmaster.pid`). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * @returns the server that runs on this data directory; null when there is none, also when a file was left behind by
 *   one that was killed and its pid now is another program's
 */
export function runningPostmaster(data: string): Postmaster | null {
  const lines = readOrNull(join(data, 'postmaster.pid'))?.split('\n');
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  return isPostgres(pid) ? { pid, port } : null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the system tells a process's name, it must be Postgres; elsewhere a live pid is believed. */
function isPostgres(pid: number): boolean {
  const name = readOrNull(`/proc/${pid}/comm`);
  return name === null || name.trim() === 'postgres';
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
