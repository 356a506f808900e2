import { ForgeError, type Problem } from '../errors.ts';
import { checkMembers, describeQueries, generate, staleFiles, writeFiles } from '../generate/index.ts';
import { warningsOf } from '../ir/warnings.ts';
import { createMigrations, dueSteps, planPending, writeLock, type Pending } from '../migrations/index.ts';
import { Shadow, type Step } from '../plan/index.ts';
import { loadModel } from '../sources/index.ts';
import { allowedRisks, listOf, migrationName, type Answer, type Arguments } from './arguments.ts';

/**
 * Migrations for what changed, then everything that is generated from entities, migrations and queries.
 *
 * @throws {ForgeError} `risk_refused`: nothing is written; `queries_refused`: everything is, but for the refused queries
 */
export async function gen(args: Arguments): Promise<Answer> {
  const { schemaDir, contract } = args;
  const model = await loadModel(schemaDir);
  return withShadow(async (shadow) => {
    const pending = await planPending(shadow, schemaDir, model);
    await checkMembers(shadow, model);
    const options = { name: migrationName(args), allow: allowedRisks(args), contract };
    const migrations = createMigrations(schemaDir, pending, options);
    writeLock(schemaDir, 'server');
    writeLock(schemaDir, 'client');
    const { queries, problems } = await describeQueries(shadow, schemaDir, model);
    const written = [...migrations, ...writeFiles(schemaDir, generate(schemaDir, model, queries))];
    refuseQueries(problems);
    const later = contract
      ? 0
      : pending.filter(({ side }) => side === 'server').flatMap(({ steps }) => steps.filter(isContract)).length;
    const waiting = later > 0 ? `\nSteps that wait until no old code runs: ${later}. Then: forge migrate contract` : '';
    return {
      result: { written, contractSteps: later },
      text: (written.length > 0 ? `Wrote ${written.join(', ')}` : 'Everything is up to date') + waiting,
    };
  });
}

const isContract = ({ phase }: Step): boolean => phase === 'contract';

/**
 * Tells whether migrations, generated files and queries are what the entities say, and warns of what may be meant.
 *
 * @throws {ForgeError} `migration_missing`, `generated_stale`, `queries_refused`
 */
export async function check({ schemaDir }: Arguments): Promise<Answer> {
  const model = await loadModel(schemaDir);
  return withShadow(async (shadow) => {
    const missing = (await planPending(shadow, schemaDir, model)).flatMap((one) =>
      one.first === null ? dueSteps(one, false).map(({ why }) => `${why} (${one.side})`) : [`all of it (${one.side})`],
    );
    if (missing.length > 0) {
      throw new ForgeError('migration_missing', `No migration does yet: ${missing.join('; ')}.`, 'Run: pnpm forge gen');
    }
    await checkMembers(shadow, model);
    const { queries, problems } = await describeQueries(shadow, schemaDir, model);
    refuseQueries(problems);
    const stale = staleFiles(schemaDir, generate(schemaDir, model, queries));
    if (stale.length > 0) {
      throw new ForgeError('generated_stale', `Not what the entities say: ${stale.join(', ')}.`, 'Run: pnpm forge gen');
    }
    const warnings = warningsOf(model);
    const said = warnings.length > 0 ? `\nLook at these once:\n${listOf(warnings)}` : '';
    return { result: { warnings }, text: `Migrations, generated files and queries are what the entities say${said}` };
  });
}

/** What `gen` would do to the databases. */
export async function plan({ schemaDir }: Arguments): Promise<Answer> {
  const model = await loadModel(schemaDir);
  return withShadow(async (shadow) => {
    const pending = await planPending(shadow, schemaDir, model);
    return { result: { pending }, text: pending.map(describePending).join('\n\n') };
  });
}

function describePending({ side, steps, first }: Pending): string {
  if (first !== null) return `${side}: the first migration, ${first.split('\n').length} lines`;
  if (steps.length === 0) return `${side}: nothing to do`;
  const lines = steps.map(({ why, risk, phase, sql }) => {
    const marks = [phase === 'expand' ? '' : phase, risk === 'none' ? '' : risk].filter(Boolean).join(', ');
    return `  ${why}${marks ? `  [${marks}]` : ''}\n${sql.replace(/^/gm, '      ')}`;
  });
  return `${side}:\n${lines.join('\n')}`;
}

function refuseQueries(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new ForgeError(
    'queries_refused',
    `${problems.length === 1 ? 'A query is' : `${problems.length} queries are`} refused:\n${listOf(problems)}`,
    'Mend the SQL, or the entity that it speaks of.',
    problems,
  );
}

async function withShadow<T>(work: (shadow: Shadow) => Promise<T>): Promise<T> {
  const shadow = await Shadow.open();
  try {
    return await work(shadow);
  } finally {
    await shadow.close();
  }
}
