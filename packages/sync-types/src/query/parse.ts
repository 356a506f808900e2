import { QueryError } from './errors.ts';
import { tokens, type Token } from './tokens.ts';

export interface QueryParameter {
  readonly name: string;
  /** Written `:name?` at least once. */
  readonly nullable: boolean;
}

export interface ParsedQuery {
  /** What Postgres is given. */
  readonly text: string;
  /** In the order of their numbers. */
  readonly params: readonly QueryParameter[];
}

/** A stretch of a literal and what stands in its place in the text that Postgres is given. */
export interface Piece {
  readonly token: Token;
  readonly text: string;
}

/**
 * Turns `:name` into `$1`, `"name!"` into `"name"`.
 *
 * - A parameter that is used twice has one number. `:name?` may be null.
 * - `"name!"` and `"name?"` say what Postgres cannot know about a column's nulls; its name in the row is `name`.
 * - Postgres's own colons (`::int`, `:=`, `[1:2]`), `?` operators, strings, identifiers and comments are left alone.
 *   A bound of a slice (`[:n]`) and a value after a key (`json_object('k':v)`) that follow their colon at once are read
 *   as parameters: put a blank after the colon where a column is meant.
 *
 * @throws {QueryError} `query_positional_parameter`: the literal has a `$1` of its own
 *
 * @example
 * parseQuery('select id from task where project_id = :project');
 * // { text: 'select id from task where project_id = $1', params: [{ name: 'project', nullable: false }] }
 */
export function parseQuery(literal: string): ParsedQuery {
  const nullable = new Map<string, boolean>();
  let text = '';
  for (const piece of pieces(literal)) {
    text += piece.text;
    const { token } = piece;
    if (token.kind === 'parameter') nullable.set(token.name, token.nullable || nullable.get(token.name) === true);
  }
  return { text, params: Array.from(nullable, ([name, mayBeNull]) => ({ name, nullable: mayBeNull })) };
}

/** The literal piece by piece, for whoever has to find the way back from Postgres's text. */
export function* pieces(literal: string): Generator<Piece> {
  const names: string[] = [];
  for (const token of tokens(literal)) yield { token, text: textOf(token, names) };
}

function textOf(token: Token, names: string[]): string {
  switch (token.kind) {
    case 'plain':
      return token.source;
    case 'marked':
      return `"${token.name}"`;
    case 'parameter':
      if (!names.includes(token.name)) names.push(token.name);
      return `$${names.indexOf(token.name) + 1}`;
    case 'positional':
      throw new QueryError(
        'query_positional_parameter',
        `The SQL has a parameter by number, ${token.source}`,
        `Give it a name: write :id, say, instead of ${token.source}.`,
      );
  }
}
