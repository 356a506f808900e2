import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An instance that runs on the same data. */
export interface Running {
  readonly pid: number;
  readonly url: string;
}

/** @returns the instance that the file names, if it still runs and answers */
export async function runningInstance(file: string): Promise<Running | null> {
  if (!existsSync(file)) return null;
  try {
    const running = JSON.parse(readFileSync(file, 'utf8')) as Running;
    process.kill(running.pid, 0);
    const answer = await fetch(`${running.url}/api/config`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? running : null;
  } catch {
    return null; // left behind by one that crashed, or its pid and port are somebody else's now
  }
}

export function writeRunLock(file: string, url: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, url } satisfies Running));
}

export const removeRunLock = (file: string): void => {
  rmSync(file, { force: true });
};
