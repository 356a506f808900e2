import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pullFiles, readExisting, readSource } from '../pull/index.ts';
import { databaseUrl, listOf, type Answer, type Arguments } from './arguments.ts';

/** Entities, domains and scripts from a database that is there. Files that are there are left alone. */
export async function pull(args: Arguments): Promise<Answer> {
  const { schemaDir } = args;
  const source = await readSource(databaseUrl(args));
  const { files, skipped, refused, changed } = pullFiles(source, readExisting(schemaDir));
  const state = Map.groupBy(files.keys(), (path) => stateOf(join(schemaDir, path), files.get(path) ?? ''));
  const written = state.get('missing') ?? [];
  for (const path of written) write(join(schemaDir, path), files.get(path) ?? '');
  const kept = (state.get('other') ?? []).map((path) => ({
    code: 'file_kept',
    message: `${path} is there, and says something else than the database: it is left alone.`,
    fix: 'Move it away, pull again, and join the two.',
    where: path,
  }));
  const left = [
    ...skipped.map(({ table, path }) => ({ table, path })),
    ...kept.map(({ where }) => ({ table: null, path: where })),
  ];
  const problems = [...kept, ...refused];
  return {
    result: { written, skipped: left, refused: problems, changed },
    text: [
      written.length > 0 ? `Wrote ${written.join(', ')}` : 'Wrote nothing',
      ...(skipped.length > 0
        ? [`Have an entity already: ${skipped.map(({ table, path }) => `${table} (${path})`).join(', ')}`]
        : []),
      ...(changed.length > 0 ? [`Said otherwise:\n${listOf(changed)}`] : []),
      ...(problems.length > 0 ? [`Not pulled:\n${listOf(problems)}`] : []),
    ].join('\n'),
  };
}

function stateOf(path: string, content: string): 'missing' | 'same' | 'other' {
  if (!existsSync(path)) return 'missing';
  return readFileSync(path, 'utf8') === content ? 'same' : 'other';
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
