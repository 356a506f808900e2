import { QueryError } from './errors.ts';
import { parseQuery } from './parse.ts';

/** SQL with its values, as postgres.js and PGlite take it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Only in the types: a query has no row, but whoever runs it has to know the row's type. */
declare const row: unique symbol;

/** What {@link Query.bind} takes: nothing, where there are no parameters or all of them may be left out. */
type Arguments<Params> = Record<string, never> extends Params ? [params?: Params] : [params: Params];

/** SQL whose rows and parameters TypeScript knows. Made by `sql`, once, at the top of a module. */
export interface Query<Row, Params> {
  /** As it was written; it names the query in the registry. */
  readonly literal: string;
  /** What Postgres is given. */
  readonly text: string;
  /**
   * Puts values in the places of the parameters.
   *
   * @throws {QueryError} `query_parameter_missing`: a parameter that may not be null is undefined
   *
   * @example
   * const openTasks = sql('select id, title from task where project_id = :project');
   * const { text, values } = openTasks.bind({ project: id });
   */
  bind(...params: Arguments<Params>): Statement;
  readonly [row]?: Row;
}

/** The row that a query gives: `type Item = RowOf<typeof openTasks>`. */
export type RowOf<Q> = Q extends Query<infer Row, never> ? Row : never;

/** What the registry, which `forge gen` writes, says of a literal. */
export interface RegisteredQuery {
  readonly params: object;
  readonly row: object;
}

/** The type that an unknown literal fails to have: TypeScript prints it, so it is the error's message. */
export type Unregistered = 'This SQL is not registered. Run forge gen, or see what forge check says of it.';

export type Sql<Queries extends { [Literal in keyof Queries]: RegisteredQuery }> = <const Literal extends string>(
  literal: Literal extends keyof Queries ? Literal : Unregistered,
) => Literal extends keyof Queries ? Query<Queries[Literal]['row'], Queries[Literal]['params']> : never;

/**
 * Makes the `sql` function of one application.
 *
 * @typeParam Queries  its registry: an interface from literal to parameters and row
 *
 * @example
 * export const sql = defineSql<Queries>();
 */
export function defineSql<Queries extends { [Literal in keyof Queries]: RegisteredQuery }>(): Sql<Queries> {
  return query as (literal: string) => unknown as Sql<Queries>;
}

function query(literal: string): Query<unknown, Readonly<Record<string, unknown>>> {
  const { text, params } = parseQuery(literal);
  return Object.freeze({
    literal,
    text,
    bind: (given: Readonly<Record<string, unknown>> = {}): Statement => ({
      text,
      values: params.map(({ name, nullable }) => {
        const value = given[name];
        if (value === undefined && !nullable) throw missing(name);
        return value ?? null;
      }),
    }),
  });
}

const missing = (name: string): QueryError =>
  new QueryError(
    'query_parameter_missing',
    `The parameter :${name} has no value`,
    `Give it one when the query is bound, or write :${name}? if it may be null.`,
  );
