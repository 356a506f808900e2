#!/usr/bin/env node
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { EmittedMigration } from './emit/typescript.ts';
import { ForgeError } from './errors.ts';
import { registerDecorators } from './loader.ts';

const HELP = `forge: everything from the entities

  forge gen       write migrations, types, schema and validators from src/entities
  forge check     tell whether they are what the entities say; exit 1 if not
  forge migrate   bring a database to the newest version

  --schema DIR    the schema package                      (packages/schema)
  --url URL       the database, for migrate               ($DATABASE_URL)
  --json          one JSON object instead of sentences
`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      schema: { type: 'string', default: 'packages/schema' },
      url: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const say = (result: Record<string, unknown>, sentence: string) => {
    console.log(values.json ? JSON.stringify(result) : sentence);
  };
  try {
    const schemaDir = resolve(values.schema);
    switch (values.help ? 'help' : positionals[0]) {
      case 'gen': {
        const written = (await generator()).writeFiles(schemaDir, await files(schemaDir));
        say({ ok: true, written }, written.length > 0 ? `Wrote ${written.join(', ')}` : 'Everything is up to date');
        return 0;
      }
      case 'check': {
        const stale = (await generator()).staleFiles(schemaDir, await files(schemaDir));
        if (stale.length === 0) {
          say({ ok: true }, 'Generated files are what the entities say');
          return 0;
        }
        throw new ForgeError(
          'generated_stale',
          `Not what the entities say: ${stale.join(', ')}.`,
          'Run: pnpm forge gen',
        );
      }
      case 'migrate': {
        const url = values.url ?? process.env['DATABASE_URL'];
        if (!url)
          throw new ForgeError('no_url', 'No database is named.', 'Add --url postgres://… or set DATABASE_URL.');
        const module = (await import(pathToFileURL(`${schemaDir}/generated/server.ts`).href)) as {
          migrations: readonly EmittedMigration[];
        };
        const { migrate } = await import('./migrate.ts');
        const report = await migrate(url, module.migrations);
        say(
          { ok: true, ...report },
          `The database is at version ${report.version} (${report.applied.length} applied now)`,
        );
        return 0;
      }
      default:
        console.log(HELP);
        return values.help || positionals.length === 0 ? 0 : 2;
    }
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const { code, message, fix } = error;
    if (values.json) console.log(JSON.stringify({ ok: false, code, message, fix }));
    else console.error(`${code}: ${message}\n  fix: ${fix}`);
    return 1;
  }
}

/** Loaded after the hook is in place, for it pulls in decorated classes. */
async function generator() {
  registerDecorators();
  return import('./gen.ts');
}

async function files(schemaDir: string) {
  const { generate, loadModel } = await import('./gen.ts');
  return generate(await loadModel(schemaDir));
}

process.exitCode = await run();
