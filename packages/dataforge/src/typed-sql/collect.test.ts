import { expect, it } from 'vitest';
import { collectQueries } from './collect.ts';

const FROM = '@repo/schema/client';
const collect = (source: string, path = 'tasks.tsx') => collectQueries([{ path, source }], FROM);
const literals = (source: string) => collect(source).queries.map(({ literal }) => literal);

it('finds strings and templates, as JavaScript reads them, and where they stand', () => {
  const { queries, problems } = collect(
    `import { sql } from '${FROM}';\n\nconst a = sql('it''s');`.replace(`''`, `\\'`) +
      '\nfunction Tasks() { return <p>{sql(`select 1\\n as one`).text}</p>; }',
  );
  expect(queries).toEqual([
    { literal: "it's", path: 'tasks.tsx', line: 3, column: 15 },
    { literal: 'select 1\n as one', path: 'tasks.tsx', line: 4, column: 35 },
  ]);
  expect(problems).toEqual([]);
});

it('knows sql by the name that it has in the file', () => {
  expect(literals(`import { sql as q, other } from '${FROM}'; q('a'); sql('b'); other('c');`)).toEqual(['a']);
  expect(literals(`import * as schema from "${FROM}"; schema.sql('a'); schema.of('b');`)).toEqual(['a']);
  expect(literals(`import { 'sql' as q } from '${FROM}'; q('a');`)).toEqual(['a']);
});

it('does not mind parentheses, types and decorators', () => {
  expect(
    literals(`import { sql } from '${FROM}';
      @Entity() export class A { @Column() readonly open = sql(('a'))!; }
      export default sql('b') satisfies unknown;`),
  ).toEqual(['a', 'b']);
});

it('leaves another module’s sql alone', () => {
  expect(literals(`import { sql } from 'postgres'; import type { Row } from '${FROM}'; sql(x);`)).toEqual([]);
  expect(literals(`import { sql } from '${FROM}/server'; sql('a');`)).toEqual([]);
  expect(literals(`const sql = (text: string) => text; sql('${FROM}');`)).toEqual([]);
});

it.each([
  ['a variable', 'sql(text)'],
  ['a template with a hole', 'sql(`select ${column}`)'],
  ['a concatenation', `sql('select ' + 'id')`],
  ['a number', 'sql(1)'],
  ['nothing', 'sql()'],
  ['too much', `sql('a', 'b')`],
  ['a tagged template', 'sql`select 1 as one`'],
])('%s is no literal', (_, call) => {
  const { queries, problems } = collect(`import { sql } from '${FROM}';\nexport const q = ${call};`);
  expect(queries).toEqual([]);
  expect(problems).toEqual([
    {
      code: 'query_not_literal',
      message: expect.any(String) as string,
      fix: expect.stringContaining(':name') as string,
      where: 'tasks.tsx:2',
    },
  ]);
});

it('a file that cannot be read is a problem, and the others are read', () => {
  const source = `import { sql } from '${FROM}'; sql('a');`;
  const { queries, problems } = collectQueries(
    [
      { path: 'a.ts', source: `${source} const = 1` },
      { path: 'b.ts', source },
    ],
    FROM,
  );
  expect(problems).toMatchObject([{ code: 'query_file_syntax', where: 'a.ts' }]);
  expect(queries).toMatchObject([{ literal: 'a', path: 'b.ts' }]);
});
