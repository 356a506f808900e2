/** SQL that cannot be a query, or a query that cannot be run with what it was given. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: 'query_positional_parameter' | 'query_parameter_missing';
  /** What to do about it. */
  readonly hint: string;

  constructor(code: QueryError['code'], message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
