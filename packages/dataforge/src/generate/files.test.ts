import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModel } from '../ir/build-model.ts';
import { LIBRARY } from '../ir/testing/library.ts';
import { generate, staleFiles, writeFiles } from './index.ts';

const SCHEMA = resolve(import.meta.dirname, '../../../schema');
const OLDEST = join(SCHEMA, 'node_modules/typescript-5.5/bin/tsc');
const OPTIONS = [
  ...['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit', '--skipLibCheck'],
  ...['--module', 'nodenext', '--target', 'es2023', '--allowImportingTsExtensions', '--types', 'node'],
];
const model = await buildModel(LIBRARY);
const files = (dir: string) => generate(dir, model, { server: [], client: [] });
let dir: string;

beforeAll(() => {
  mkdirSync(join(SCHEMA, 'dist'), { recursive: true });
  dir = mkdtempSync(join(SCHEMA, 'dist/generate-'));
  writeFiles(dir, files(dir));
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const read = (path: string) => readFileSync(join(dir, 'generated', path), 'utf8');

describe('what is generated from one of everything', () => {
  it.each(['client', 'server'])('compiles under TypeScript 5.5: %s', (side) => {
    const use = join(dir, `use-${side}.ts`);
    writeFileSync(
      use,
      `import { BookInsertSchema, BookSql, bookState, type BookState, type BookRow, type HomeLoanRow } from './generated/${side}/index.ts';
const state: BookState = bookState[0];
const row = (book: BookRow): [string, BookState, string[], unknown] => [book.title_lower, book.state, book.tags, book.data];
const kind = (loan: HomeLoanRow): 'home' => loan.kind;
void [state, row, kind, BookInsertSchema, BookSql.insert({ id: '', branch_id: '', title: 'Faust', year: 1808 })];
// @ts-expect-error the database computes it
BookSql.patch({ id: '' }, { title_lower: '' });
// @ts-expect-error no such label
BookSql.patch({ id: '' }, { state: 'gone' });
`,
    );
    const { stdout, status } = spawnSync(process.execPath, [OLDEST, ...OPTIONS, use], { cwd: dir, encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('hides from clients what is the server’s, in every file', () => {
    const client = [...files(dir)].filter(([path]) => path.startsWith('generated/client/'));
    for (const [, text] of client) expect(text).not.toMatch(/email|door_code|audit/i);
    expect(read('server/entities/person.ts')).toContain('email: string');
  });

  it('has synchronised columns only on the wire, and what is local beside', () => {
    const schema = read('client/schema.ts');
    expect(schema).not.toMatch(/title_lower|is_me/);
    expect(schema).toContain(`localTables: ['draft']`);
    expect(read('client/entities/person.ts')).toContain('is_me: boolean');
    expect(read('server/wire.ts')).toContain(`state: z.enum(['in', 'out', 'lost']).optional()`);
  });

  it('names the extensions that the local database has to load', () => {
    expect(read('client/extensions.ts')).toContain('export const extensions = { btree_gist };');
  });

  it('has values of the type under a domain', () => {
    expect(read('client/validators/book.ts')).toContain('number: types.text.nullable()');
  });

  it('is the same the second time, and takes away what is no more', () => {
    expect(staleFiles(dir, files(dir))).toEqual([]);
    writeFileSync(join(dir, 'generated/client/entities/gone.ts'), '');
    expect(writeFiles(dir, files(dir))).toEqual(['generated/client/entities/gone.ts']);
  });
});
