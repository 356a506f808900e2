import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryError } from './errors.ts';
import { parseQuery, pieces } from './parse.ts';

const textOf = (literal: string) => parseQuery(literal).text;

describe('parameters', () => {
  it('get numbers in the order of their first use, one used twice gets one', () => {
    expect(parseQuery('select :b, :a::int + :b')).toEqual({
      text: 'select $1, $2::int + $1',
      params: [
        { name: 'b', nullable: false },
        { name: 'a', nullable: false },
      ],
    });
  });

  it('may be null once marked so, wherever', () => {
    expect(parseQuery('select :a, :b?::text, :a?').params).toEqual([
      { name: 'a', nullable: true },
      { name: 'b', nullable: true },
    ]);
    expect(textOf('select :a?||:b?')).toBe('select $1||$2');
  });

  it('have names in any script, as Postgres’s identifiers have', () => {
    expect(parseQuery('select :größe_1')).toEqual({
      text: 'select $1',
      params: [{ name: 'größe_1', nullable: false }],
    });
  });

  it('by number are refused', () => {
    expect(() => parseQuery('select $1')).toThrow(QueryError);
    expect(() => parseQuery('select :a + $12')).toThrow(
      expect.objectContaining({ code: 'query_positional_parameter', hint: expect.stringContaining('$12') as string }),
    );
  });

  it('may be the bound of a slice', () => {
    expect(textOf('select a[:n], a[1:2], a[:lo : :hi]')).toBe('select a[$1], a[1:2], a[$2 : $3]');
  });
});

/** What only looks like a parameter, a number or a mark. */
const LEFT_ALONE = [
  'x::text',
  'f(a := 1, b => 2)',
  'a[1:2]',
  `':a'`,
  `'it''s :a $1'`,
  String.raw`E'\':a'`,
  String.raw`e'\\' || ' :a'`,
  `E'a'\n  '\\':b'`,
  String.raw`'\' || ' '`,
  '$$ :a $1 $$',
  '$q$ :a $$ "b!" $1 $q$',
  '"a:b"',
  '"a""b:c"',
  '"!"',
  'foo$1',
  'foo$a$',
  '-- :a $1 "x!"\n',
  '/* :a /* $1 */ "x!" */',
  `doc ? 'k'`,
  `doc ?| array['k']`,
  `doc ?& array['k']`,
];

it.each(LEFT_ALONE)('leaves %j alone', (sql) => {
  expect(parseQuery(`select ${sql} `)).toEqual({ text: `select ${sql} `, params: [] });
});

it.each([`select ':a`, 'select $$:a', 'select /* :a /* */', 'select "a!'])(
  'leaves %j, which has no end, for Postgres to refuse',
  (sql) => {
    expect(parseQuery(sql)).toEqual({ text: sql, params: [] });
  },
);

it('marks of columns are gone from the text, names keep their quotes', () => {
  expect(textOf('select a as "n!", b as "N?", c as "o""!", d as "e", f as "g!h"')).toBe(
    'select a as "n", b as "N", c as "o""", d as "e", f as "g!h"',
  );
});

it('whatever surrounds them, parameters and marks are found, and nothing else is changed', () => {
  const part: fc.Arbitrary<{ source: string; text: string } | { source: string; name: string }> = fc.oneof(
    fc.constantFrom(...LEFT_ALONE).map((sql) => ({ source: sql, text: sql })),
    fc.constantFrom('a', 'b').map((name) => ({ source: `"${name}!"`, text: `"${name}"` })),
    fc.constantFrom('a', 'b_2', 'project').map((name) => ({ source: `:${name}`, name })),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const names = [...new Set(parts.flatMap((each) => ('name' in each ? each.name : [])))];
      const parsed = parseQuery(parts.map(({ source }) => source).join(' , '));
      expect(parsed.text).toBe(
        parts.map((each) => ('name' in each ? `$${names.indexOf(each.name) + 1}` : each.text)).join(' , '),
      );
      expect(parsed.params.map(({ name }) => name)).toEqual(names);
    }),
  );
});

it('the pieces of any text are the text', () => {
  const alphabet = fc.constantFrom(':', "'", '"', '$', '?', '!', '-', '/', '*', 'E', '\\', 'a', '1', ' ', '\n');
  fc.assert(
    fc.property(fc.array(alphabet), (characters) => {
      const literal = characters.join('');
      fc.pre(!/\$\d/.test(literal));
      const all = Array.from(pieces(literal), ({ token }) => token);
      expect(all.map(({ source }) => source).join('')).toBe(literal);
      for (const { at, source } of all) expect(literal.startsWith(source, at)).toBe(true);
    }),
  );
});
