#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Answer, Arguments } from './cli/arguments.ts';
import { HELP } from './cli/help.ts';
import { ForgeError } from './errors.ts';
import { registerDecorators } from './sources/decorators-hook.ts';

const OPTIONS = {
  schema: { type: 'string', default: 'packages/schema' },
  url: { type: 'string' },
  name: { type: 'string' },
  allow: { type: 'string' },
  size: { type: 'string' },
  watch: { type: 'boolean', default: false },
  contract: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function run(): Promise<number> {
  const json = process.argv.includes('--json');
  try {
    return await command();
  } catch (error) {
    const { code, message, fix, problems } = explained(error);
    if (json) console.log(JSON.stringify({ ok: false, code, message, fix, problems }));
    else console.error(`${code}: ${message}\n  fix: ${fix}`);
    return 1;
  }
}

/** What a person can do something about; all else is a defect of ours, and is shown whole. */
function explained(error: unknown): ForgeError {
  if (error instanceof ForgeError) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code.startsWith('ERR_PARSE_ARGS')) return new ForgeError('bad_arguments', message, 'See: pnpm forge --help');
  if (/^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|CONNECT_TIMEOUT|28|3D000|08)/.test(code)) {
    return new ForgeError(
      'database_unreachable',
      `The database does not let us in: ${message}`,
      'Look at --url or DATABASE_URL, and whether the server runs.',
    );
  }
  throw error;
}

async function command(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [verb = '', ...more] = positionals;
  const { name, allow, url, contract, size } = values;
  const args = { schemaDir: resolve(values.schema), url, name, allow, contract, size, rest: more };
  if (values.help || verb === '') {
    console.log(HELP);
    return 0;
  }
  if (values.watch) return watch(args);
  const { result, text } = await answer(verb, args);
  console.log(values.json ? JSON.stringify({ ok: true, ...result }) : text);
  return 0;
}

/** Generates at each save, until it is stopped. */
async function watch({ schemaDir, url = process.env['DATABASE_URL'] }: Arguments): Promise<number> {
  const { regenerate, watchSources } = await import('./watch/index.ts');
  const again = async () => {
    const result = await regenerate({ schemaDir, url: url || null });
    if (!result.ok) console.error(`${result.title}\n  fix: ${result.fix}`);
    else if (result.written.length > 0) console.log(`Wrote ${result.written.join(', ')}`);
  };
  const stop = watchSources({ schemaDir, onChange: again, atOnce: true });
  console.log('Watching. Stop with Ctrl-C.');
  await new Promise<void>((resolve) => process.once('SIGINT', () => void stop().then(resolve)));
  return 0;
}

type Command = (args: Arguments) => Promise<Answer>;

/** Loaded when asked for: a command that needs no shadow starts without one. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  gen: async () => (await import('./cli/generate.ts')).gen,
  check: async () => (await import('./cli/generate.ts')).check,
  plan: async () => (await import('./cli/generate.ts')).plan,
  explain: async () => (await import('./cli/explain.ts')).explain,
  'migrate create': async () => (await import('./cli/generate.ts')).gen,
  'migrate contract': async () => {
    const { gen } = await import('./cli/generate.ts');
    return (args) => gen({ ...args, contract: true });
  },
  seed: async () => (await import('./cli/seed.ts')).seed,
  pull: async () => (await import('./cli/pull.ts')).pull,
  doctor: async () => (await import('./cli/doctor.ts')).doctor,
  'migrate apply': async () => (await import('./cli/migrate.ts')).apply,
  'migrate adopt': async () => (await import('./cli/migrate.ts')).adoptDatabase,
  'migrate status': async () => (await import('./cli/migrate.ts')).status,
};

async function answer(verb: string, args: Arguments): Promise<Answer> {
  registerDecorators(); // before anything is imported that pulls in decorated classes
  const name = verb === 'migrate' ? `migrate ${args.rest[0] ?? 'apply'}` : verb;
  const load = COMMANDS[name];
  if (!load) throw new ForgeError('unknown_command', `There is no command '${name}'.`, 'See: pnpm forge --help');
  return (await load())(args);
}

process.exitCode = await run();
