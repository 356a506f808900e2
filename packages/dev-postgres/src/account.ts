import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

/** The account that Postgres runs under: our own, or `nobody` when we are root, which Postgres refuses. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Whether it is not our own. */
  readonly other: boolean;
}

const NOBODY = 65534;

export function serverAccount(): Account {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  return uid === 0 ? { uid: NOBODY, gid: NOBODY, other: true } : { uid, gid, other: false };
}

/** What to spread into the options of `spawn`. */
export const spawnAs = ({ uid, gid, other }: Account): { uid?: number; gid?: number } => (other ? { uid, gid } : {});

/** Whether an account may enter a directory, and every directory above it. */
export function mayEnter(account: Account, directory: string): boolean {
  if (!account.other) return true;
  for (let at = directory; ; at = dirname(at)) {
    const stats = statOrNull(at);
    if (stats && !mayExecute(account, stats)) return false;
    if (at === dirname(at)) return true;
  }
}

function mayExecute(account: Account, stats: Stats): boolean {
  if (stats.isSymbolicLink()) return true;
  if (stats.uid === account.uid) return (stats.mode & 0o100) !== 0;
  if (stats.gid === account.gid) return (stats.mode & 0o010) !== 0;
  return (stats.mode & 0o001) !== 0;
}

function statOrNull(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}
