import { PostgresProblem, checkServer } from '@vibestack/dev-postgres';
import { ForgeError, type Problem } from '../errors.ts';
import { readStatus } from '../migrations/index.ts';
import { emittedMigrations, listOf, type Answer, type Arguments } from './arguments.ts';
import { check } from './generate.ts';

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  /** What was found, in a few words; null where it is wrong. */
  readonly well: string | null;
  readonly problems: readonly Problem[];
}

/**
 * Looks at everything that a working installation needs, one after the other, and tells all that is wrong.
 *
 * @throws {ForgeError} `unwell`, with the problems
 */
export async function doctor(args: Arguments): Promise<Answer> {
  const findings = [await look('Entities, migrations and generated files', () => model(args))];
  const { url = process.env['DATABASE_URL'] } = args;
  if (url) {
    findings.push(await look('The server', () => server(url)));
    if (findings.every(({ well }) => well !== null))
      findings.push(await look('The database', () => database(args, url)));
  }
  const text = findings.map(({ what, well, problems }) => `${what}: ${well ?? `\n${listOf(problems)}`}`).join('\n');
  const problems = findings.flatMap((finding) => finding.problems);
  if (problems.length > 0)
    throw new ForgeError('unwell', `Not everything is well.\n${text}`, problems[0]?.fix ?? '', problems);
  const more = url ? '' : '\nNo database was named: add --url or set DATABASE_URL to have it looked at.';
  return { result: { findings }, text: text + more };
}

async function look(what: string, at: () => Promise<string>): Promise<Finding> {
  try {
    return { what, well: await at(), problems: [] };
  } catch (error) {
    return { what, well: null, problems: [problemOf(error)] };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ForgeError) return { code: error.code, message: error.message, fix: error.fix };
  if (error instanceof PostgresProblem) return { code: error.code, message: error.message, fix: error.hint };
  throw error;
}

async function model(args: Arguments): Promise<string> {
  const { result } = await check(args);
  const warnings = (result['warnings'] as readonly Problem[]).length;
  return warnings === 0 ? 'well' : `well, with ${warnings} things to look at once (forge check)`;
}

async function server(url: string): Promise<string> {
  const { version, freeSlots } = await checkServer(url);
  return `Postgres ${Math.floor(version / 10_000)}, logical WAL, ${freeSlots} free replication slots`;
}

async function database(args: Arguments, url: string): Promise<string> {
  const { version, newest, drift } = await readStatus(url, await emittedMigrations(args));
  if (version < newest) {
    throw new ForgeError(
      'migrations_pending',
      `The database is at version ${version} of ${newest}.`,
      'Run: forge migrate apply',
    );
  }
  if (drift.length > 0) {
    const what = drift.map(({ why }) => why).join('; ');
    throw new ForgeError(
      'drift',
      `The database is not what its migrations made. To mend it: ${what}.`,
      'See: forge migrate status',
    );
  }
  return `version ${version}, as its migrations made it`;
}
