/** A stretch of SQL. Only parameters and marked identifiers are told apart; all else is `plain`, strings included. */
export type Token =
  | { readonly kind: 'plain' | 'positional'; readonly at: number; readonly source: string }
  | {
      readonly kind: 'parameter';
      readonly at: number;
      readonly source: string;
      readonly name: string;
      readonly nullable: boolean;
    }
  | {
      readonly kind: 'marked';
      readonly at: number;
      readonly source: string;
      /** As it stands between the quotes, without the mark. */
      readonly name: string;
      readonly mark: '!' | '?';
    };

/**
 * What has to be read whole, because a colon, a quote or a dollar means something else within. In the order of trial:
 * `e'…'` before words, `::` and `:=` before parameters. Whatever has no end reaches to the end, for Postgres to refuse.
 *
 * Strings of kind E go on after a line break and keep their backslashes
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE).
 */
const WHOLE = new RegExp(
  [
    String.raw`--[^\n\r]*`,
    String.raw`[eE]'[^'\\]*(?:(?:\\[^]|''|'[^\S\n]*\n\s*')[^'\\]*)*'?`,
    String.raw`'[^']*(?:''[^']*)*'?`,
    String.raw`\$(?<tag>[\p{L}_][\p{L}\p{N}_]*)?\$[^]*?(?:\$\k<tag>\$|$)`,
    String.raw`(?<positional>\$\d+)`,
    String.raw`[\p{L}_][\p{L}\p{N}_$]*`,
    String.raw`"(?<quoted>[^"]*(?:""[^"]*)*)"`,
    '::|:=',
    String.raw`:(?<parameter>[\p{L}_][\p{L}\p{N}_]*)(?<nullable>\?)?`,
  ].join('|'),
  'uy',
);
const MARKED = /^([^]+)([!?])$/;

/** Cuts SQL into tokens; their sources, joined, are the SQL again. */
export function* tokens(sql: string): Generator<Token> {
  let plainFrom = 0;
  let at = 0;
  while (at < sql.length) {
    const token = sql.startsWith('/*', at) ? comment(sql, at) : whole(sql, at);
    if (token !== null && token.kind !== 'plain') {
      if (plainFrom < at) yield { kind: 'plain', at: plainFrom, source: sql.slice(plainFrom, at) };
      yield token;
      plainFrom = at + token.source.length;
    }
    at += token === null ? 1 : token.source.length;
  }
  if (plainFrom < sql.length) yield { kind: 'plain', at: plainFrom, source: sql.slice(plainFrom) };
}

function whole(sql: string, at: number): Token | null {
  WHOLE.lastIndex = at;
  const match = WHOLE.exec(sql);
  if (match === null) return null;
  const source = match[0];
  const { positional, parameter, nullable, quoted } = match.groups as Partial<Record<string, string>>;
  if (positional !== undefined) return { kind: 'positional', at, source };
  if (parameter !== undefined) {
    return { kind: 'parameter', at, source, name: parameter, nullable: nullable !== undefined };
  }
  const marked = quoted === undefined ? null : MARKED.exec(quoted);
  if (marked === null) return { kind: 'plain', at, source };
  return { kind: 'marked', at, source, name: marked[1] as string, mark: marked[2] as '!' | '?' };
}

/** Block comments nest in Postgres, unlike in the standard's grammar of regular languages. */
function comment(sql: string, at: number): Token {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  let depth = 0;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'plain', at, source: sql.slice(at, edge.lastIndex) };
  }
  return { kind: 'plain', at, source: sql.slice(at) };
}
