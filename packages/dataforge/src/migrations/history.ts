import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { ForgeError } from '../errors.ts';
import type { Step } from '../plan/index.ts';

export type HistorySide = 'server' | 'client';

const folder = (schemaDir: string, side: HistorySide): string => join(schemaDir, 'migrations', side);
const FILE = /^(\d{4})_(\w+)\.sql$/;

/**
 * Reads the migrations of one side. Each hash covers the one before it, so that neither a migration nor their order can
 * change unnoticed; `lock.json` says what they were when they were made.
 *
 * @throws {ForgeError} `history_gap`, `history_changed`
 */
export function readHistory(schemaDir: string, side: HistorySide): EmittedMigration[] {
  const dir = folder(schemaDir, side);
  if (!existsSync(dir)) return [];
  const lock = existsSync(join(dir, 'lock.json'))
    ? (JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')) as Record<string, string>)
    : {};
  const out: EmittedMigration[] = [];
  const files = readdirSync(dir).filter((name) => FILE.test(name));
  for (const file of files.sort()) {
    const [, number = '', name = ''] = FILE.exec(file) ?? [];
    const version = Number(number);
    if (version !== out.length + 1) {
      throw new ForgeError(
        'history_gap',
        `migrations/${side}/${file} does not follow number ${out.length}.`,
        'Restore the missing file, or give one of two with the same number the next one.',
      );
    }
    const sql = readFileSync(join(dir, file), 'utf8');
    const hash = chain(out.at(-1)?.hash ?? '', sql);
    if (lock[file] !== undefined && lock[file] !== hash) {
      throw new ForgeError(
        'history_changed',
        `migrations/${side}/${file} is not what it was when it was made.`,
        'Restore it, and make a new migration for what has to change: databases may have run it already.',
      );
    }
    out.push({ version, name, hash, sql, risks: risksOf(dir, file) });
  }
  return out;
}

const chain = (before: string, sql: string): string =>
  createHash('sha256')
    .update(before + sql)
    .digest('hex');

function risksOf(dir: string, file: string): EmittedMigration['risks'] {
  const plan = join(dir, file.replace(/\.sql$/, '.plan.json'));
  if (!existsSync(plan)) return [];
  const { steps } = JSON.parse(readFileSync(plan, 'utf8')) as { steps: readonly Step[] };
  return steps.flatMap(({ risk, table, why }) => (risk === 'none' || table === null ? [] : [{ risk, table, why }]));
}

/**
 * Writes the next migration of a side, and the lock.
 *
 * @returns the path of its SQL, below the schema package
 */
export function writeMigration(
  schemaDir: string,
  side: HistorySide,
  name: string,
  migration: { readonly sql: string; readonly steps: readonly Step[] },
): string {
  const dir = folder(schemaDir, side);
  mkdirSync(dir, { recursive: true });
  const history = readHistory(schemaDir, side);
  const file = `${String(history.length + 1).padStart(4, '0')}_${name}.sql`;
  writeFileSync(join(dir, file), migration.sql);
  if (migration.steps.length > 0) {
    const plan = JSON.stringify({ steps: migration.steps }, null, 2);
    writeFileSync(join(dir, file.replace(/\.sql$/, '.plan.json')), `${plan}\n`);
  }
  writeLock(schemaDir, side);
  return `migrations/${side}/${file}`;
}

/** Says what the migrations are now, so that a later change of one is noticed. */
export function writeLock(schemaDir: string, side: HistorySide): void {
  const files = readHistory(schemaDir, side).map(({ version, name, hash }) => [
    `${String(version).padStart(4, '0')}_${name}.sql`,
    hash,
  ]);
  writeFileSync(join(folder(schemaDir, side), 'lock.json'), `${JSON.stringify(Object.fromEntries(files), null, 2)}\n`);
}
