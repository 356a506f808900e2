#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Answer, Arguments } from './cli/commands.ts';
import { ForgeError } from './errors.ts';
import { registerDecorators } from './loader.ts';

const HELP = `forge: everything from the entities

  forge gen                 write migrations, types, schema and validators from src/entities
  forge check               tell whether they are what the entities say; exit 1 if not
  forge plan                show what gen would change in the databases, step by step, with risks
  forge explain ENTITY      show what the framework made of an entity
  forge migrate create      the same as gen
  forge migrate contract    also write what removes the old, once no old code runs
  forge migrate apply       bring a database to the newest version
  forge migrate status      compare a database with its migrations

  --schema DIR    the schema package                      (packages/schema)
  --url URL       the database, for apply and status      ($DATABASE_URL)
  --name NAME     of the migration                        (from its first step)
  --allow RISKS   say yes to: blocking, rewrite, data, rename, destructive
  --json          one JSON object instead of sentences

  A step may be blocking (writers wait), rewrite (everybody waits), data (fails when rows do not fit), rename (old
  code breaks) or destructive (values are gone). rewrite, data and destructive need a yes when they are written,
  and blocking and rewrite another one when they meet a table of more than 100,000 rows.
  Examples:
    pnpm forge plan                              # after editing an entity
    pnpm forge gen --allow destructive           # yes, the column shall go
    pnpm forge explain Task --json
`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      schema: { type: 'string', default: 'packages/schema' },
      url: { type: 'string' },
      name: { type: 'string' },
      allow: { type: 'string' },
      contract: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [verb = '', ...more] = positionals;
  const { name, allow, url, contract } = values;
  const args = { schemaDir: resolve(values.schema), url, name, allow, contract, rest: more };
  if (values.help || verb === '') {
    console.log(HELP);
    return 0;
  }
  try {
    const { result, text } = await answer(verb, args);
    console.log(values.json ? JSON.stringify({ ok: true, ...result }) : text);
    return 0;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const { code, message, fix } = error;
    if (values.json) console.log(JSON.stringify({ ok: false, code, message, fix }));
    else console.error(`${code}: ${message}\n  fix: ${fix}`);
    return 1;
  }
}

async function answer(verb: string, args: Arguments): Promise<Answer> {
  registerDecorators(); // before anything is imported that pulls in decorated classes
  const commands = await import('./cli/commands.ts');
  const { gen, check, plan, explain, apply, status } = commands;
  const [kind = 'apply'] = args.rest;
  const name = verb === 'migrate' ? `migrate ${kind}` : verb;
  switch (name) {
    case 'gen':
    case 'migrate create':
      return gen(args);
    case 'migrate contract':
      return gen({ ...args, contract: true });
    case 'check':
      return check(args);
    case 'plan':
      return plan(args);
    case 'explain':
      return explain(args);
    case 'migrate apply':
      return apply(args);
    case 'migrate status':
      return status(args);
    default:
      throw new ForgeError('unknown_command', `There is no command '${name}'.`, 'See: pnpm forge --help');
  }
}

process.exitCode = await run();
