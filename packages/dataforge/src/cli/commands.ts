import { pathToFileURL } from 'node:url';
import { createMigrations, dueSteps, planPending, type Pending } from '../create.ts';
import type { EmittedMigration } from '../emit/typescript.ts';
import { ForgeError } from '../errors.ts';
import { generate, loadModel, staleFiles, writeFiles } from '../gen.ts';
import { writeLock } from '../history.ts';
import { migrate } from '../migrate.ts';
import { RISKS, type Risk, type Step } from '../plan/index.ts';
import { readStatus } from '../status.ts';

/** What the command line said. */
export interface Arguments {
  readonly schemaDir: string;
  readonly url: string | undefined;
  readonly name: string | undefined;
  readonly allow: string | undefined;
  readonly contract: boolean;
  readonly rest: readonly string[];
}

/** A result for programs, and the same in sentences for people. */
export interface Answer {
  readonly result: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Migrations for what changed, then everything that is generated from entities and migrations. */
export async function gen(args: Arguments): Promise<Answer> {
  const { schemaDir, contract } = args;
  const model = await loadModel(schemaDir);
  const pending = await planPending(schemaDir, model);
  const migrations = createMigrations(schemaDir, pending, { name: checkName(args.name), allow: risks(args), contract });
  writeLock(schemaDir, 'server');
  writeLock(schemaDir, 'client');
  const written = [...migrations, ...writeFiles(schemaDir, generate(schemaDir, model))];
  const later = pending.filter(({ side }) => side === 'server').flatMap(({ steps }) => steps.filter(isContract)).length;
  const waiting =
    later > 0 && !contract ? `\nSteps that wait until no old code runs: ${later}. Then: forge migrate contract` : '';
  return {
    result: { written, contractSteps: contract ? 0 : later },
    text: (written.length > 0 ? `Wrote ${written.join(', ')}` : 'Everything is up to date') + waiting,
  };
}

const isContract = ({ phase }: Step): boolean => phase === 'contract';

/** @throws {ForgeError} `generated_stale`, `migration_missing` */
export async function check({ schemaDir }: Arguments): Promise<Answer> {
  const model = await loadModel(schemaDir);
  const missing = (await planPending(schemaDir, model)).flatMap((one) =>
    one.first === null ? dueSteps(one, false).map(({ why }) => `${why} (${one.side})`) : [`all of it (${one.side})`],
  );
  if (missing.length > 0) {
    const what = missing.join('; ');
    throw new ForgeError('migration_missing', `No migration does yet: ${what}.`, 'Run: pnpm forge gen');
  }
  const stale = staleFiles(schemaDir, generate(schemaDir, model));
  if (stale.length > 0) {
    throw new ForgeError('generated_stale', `Not what the entities say: ${stale.join(', ')}.`, 'Run: pnpm forge gen');
  }
  return { result: {}, text: 'Migrations and generated files are what the entities say' };
}

/** What `gen` would do to the databases. */
export async function plan({ schemaDir }: Arguments): Promise<Answer> {
  const pending = await planPending(schemaDir, await loadModel(schemaDir));
  return { result: { pending }, text: pending.map(describe).join('\n\n') };
}

function describe({ side, steps, first }: Pending): string {
  if (first !== null) return `${side}: the first migration, ${first.split('\n').length} lines`;
  if (steps.length === 0) return `${side}: nothing to do`;
  const lines = steps.map(({ why, risk, phase, sql }) => {
    const marks = [phase === 'expand' ? '' : phase, risk === 'none' ? '' : risk].filter(Boolean).join(', ');
    return `  ${why}${marks ? `  [${marks}]` : ''}\n${sql.replace(/^/gm, '      ')}`;
  });
  return `${side}:\n${lines.join('\n')}`;
}

/** @throws {ForgeError} `unknown_entity` */
export async function explain({ schemaDir, rest: [name = ''] }: Arguments): Promise<Answer> {
  const { tables } = await loadModel(schemaDir);
  const table = tables.find((one) => one.entity.toLowerCase() === name.toLowerCase() || one.name === name);
  if (!table) {
    const known = tables.map(({ entity }) => entity).join(', ');
    throw new ForgeError('unknown_entity', `There is no entity '${name}'.`, `Name one of: ${known}`);
  }
  const columns = table.columns.map((column) => {
    const marks = [
      column.nullable ? 'null' : '',
      column.serverOnly ? 'server only' : '',
      column.readOnly ? 'filled in' : '',
    ];
    const notes = [...marks.filter(Boolean), ...(column.default === null ? [] : [`default ${column.default}`])].join(
      ', ',
    );
    return `  ${column.name.padEnd(24)} ${column.type}${notes ? `  (${notes})` : ''}`;
  });
  const scope = table.scope ? `${table.scope.name} by ${table.scope.column}` : 'none: the server’s alone';
  const lines = [
    `${table.entity}: table ${table.name}, ${table.category}, level ${table.level}`,
    ...(table.description === null ? [] : [`  ${table.description}`]),
    `  scope ${scope}; read ${table.access.read.join(', ') || '-'}; write ${table.access.write.join(', ') || '-'}`,
    ...columns,
    ...table.foreignKeys.map((key) => `  → ${key.table} (${key.columns.join(', ')})`),
  ];
  return { result: { table }, text: lines.join('\n') };
}

export async function apply(args: Arguments): Promise<Answer> {
  const report = await migrate(databaseUrl(args), await emitted(args), { allow: risks(args) });
  return {
    result: { ...report },
    text: `The database is at version ${report.version} (${report.applied.length} applied now)`,
  };
}

export async function status(args: Arguments): Promise<Answer> {
  const report = await readStatus(databaseUrl(args), await emitted(args));
  const drift = report.drift.map(({ sql }) => `  ${sql.replaceAll('\n', '\n  ')}`);
  const said = drift.length > 0 ? `It is not what its migrations made. To mend it:\n${drift.join('\n')}` : 'No drift';
  return { result: { ...report }, text: `Version ${report.version} of ${report.newest}. ${said}` };
}

async function emitted({ schemaDir }: Arguments): Promise<readonly EmittedMigration[]> {
  const url = pathToFileURL(`${schemaDir}/generated/server.ts`).href;
  return ((await import(url)) as { migrations: readonly EmittedMigration[] }).migrations;
}

function databaseUrl({ url = process.env['DATABASE_URL'] }: Arguments): string {
  if (url) return url;
  throw new ForgeError('no_url', 'No database is named.', 'Add --url postgres://… or set DATABASE_URL.');
}

function checkName(name: string | undefined): string | undefined {
  if (name === undefined || /^[a-z][a-z0-9_]{0,59}$/.test(name)) return name;
  throw new ForgeError('bad_name', `'${name}' cannot be a migration's name.`, 'Use lower case letters, digits and _.');
}

function risks({ allow }: Arguments): Risk[] {
  return (allow ?? '').split(',').flatMap((name) => {
    if (name === '') return [];
    const risk = RISKS.find((one) => one === name);
    if (risk) return [risk];
    throw new ForgeError('bad_risk', `There is no risk '${name}'.`, `Name some of: ${RISKS.slice(1).join(', ')}`);
  });
}
