import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mayEnter, spawnAs, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { DevPostgresError } from './errors.ts';

/** Where data goes when the server's account may not enter the asked-for directory. It survives reboots. */
const ELSEWHERE = '/var/lib/vibestack';

/**
 * Decides where the data lives, and makes the directory above it.
 *
 * A clone below a directory that others may not enter (`/root`) cannot hold the data of a server that runs as
 * somebody else: it then lives under /var/lib/vibestack, by a name made of the asked-for path, and a note tells.
 */
export function placeData(account: Account, wanted: string): string {
  mkdirSync(wanted, { recursive: true });
  if (mayEnter(account, dirname(wanted))) return ownedBy(account, join(wanted, 'data'));
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const elsewhere = join(ELSEWHERE, name);
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  writeFileSync(join(wanted, 'MOVED.txt'), `The data of this database is in ${elsewhere}\n`);
  return ownedBy(account, join(elsewhere, 'data'));
}

/** The directory above the data belongs to the server's account, for it renames a finished cluster into place. */
function ownedBy(account: Account, data: string): string {
  if (account.other) chownSync(dirname(data), account.uid, account.gid);
  return data;
}

/**
 * Creates the cluster unless it exists: beside its place first, then renamed, so that one that was interrupted never
 * looks finished.
 *
 * @throws {DevPostgresError} initdb failed
 */
export function initialise(account: Account, { initdb }: Binaries, data: string): void {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  rmSync(data, { recursive: true, force: true });
  const staging = mkdtempSync(join(dirname(data), 'initdb-'));
  if (account.other) chownSync(staging, account.uid, account.gid);
  const password = join(staging, 'password');
  writeFileSync(password, 'postgres\n', { mode: 0o600 });
  if (account.other) chownSync(password, account.uid, account.gid);
  const cluster = join(staging, 'data');
  const result = spawnSync(
    initdb,
    [
      '-D',
      cluster,
      '-U',
      'postgres',
      '--pwfile',
      password,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { ...spawnAs(account), cwd: dirname(data), encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' } },
  );
  if (result.status !== 0) {
    const said = (result.stderr || result.error?.message || '').trim();
    rmSync(staging, { recursive: true, force: true });
    throw new DevPostgresError(
      'initdb_failed',
      `A new database cluster could not be created: ${said}`,
      `Is there space on the disk of ${dirname(data)}?`,
    );
  }
  renameSync(cluster, data);
  rmSync(staging, { recursive: true, force: true });
}
