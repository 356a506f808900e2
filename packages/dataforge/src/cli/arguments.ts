import { pathToFileURL } from 'node:url';
import { ForgeError, type Problem } from '../errors.ts';
import type { EmittedMigration } from '../emit/modules/schema-module.ts';
import { RISKS, type Risk } from '../plan/index.ts';

/** What the command line said. */
export interface Arguments {
  readonly schemaDir: string;
  readonly url: string | undefined;
  readonly name: string | undefined;
  readonly allow: string | undefined;
  readonly contract: boolean;
  /** Of example data. */
  readonly size: string | undefined;
  readonly rest: readonly string[];
}

/** A result for programs, and the same in sentences for people. */
export interface Answer {
  readonly result: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** @throws {ForgeError} `no_url` */
export function databaseUrl({ url = process.env['DATABASE_URL'] }: Arguments): string {
  if (url) return url;
  throw new ForgeError('no_url', 'No database is named.', 'Add --url postgres://… or set DATABASE_URL.');
}

/** @throws {ForgeError} `bad_name` */
export function migrationName({ name }: Arguments): string | undefined {
  if (name === undefined || /^[a-z][a-z0-9_]{0,59}$/.test(name)) return name;
  throw new ForgeError('bad_name', `'${name}' cannot be a migration's name.`, 'Use lower case letters, digits and _.');
}

/** @throws {ForgeError} `bad_risk` */
export function allowedRisks({ allow }: Arguments): Risk[] {
  return (allow ?? '').split(',').flatMap((name) => {
    if (name === '') return [];
    const risk = RISKS.find((one) => one === name);
    if (risk) return [risk];
    throw new ForgeError('bad_risk', `There is no risk '${name}'.`, `Name some of: ${RISKS.slice(1).join(', ')}`);
  });
}

/** Migrations as the generated code carries them: what a deployment would run. */
export async function emittedMigrations({ schemaDir }: Arguments): Promise<readonly EmittedMigration[]> {
  const url = pathToFileURL(`${schemaDir}/generated/server/migrations.ts`).href;
  return ((await import(url)) as { migrations: readonly EmittedMigration[] }).migrations;
}

/** Problems as a list for people. */
export const listOf = (problems: readonly Problem[]): string =>
  problems
    .map(({ code, message, fix, where }) => `  ${where ? `${where}: ` : ''}${code}: ${message}\n    fix: ${fix}`)
    .join('\n');
