/** Development's Postgres cannot start. `code` is stable; `hint` says what to do. */
export class DevPostgresError extends Error {
  override readonly name = 'DevPostgresError';
  readonly code: 'unsupported_platform' | 'binaries_missing' | 'initdb_failed' | 'start_failed' | 'no_free_port';
  readonly hint: string;

  constructor(code: DevPostgresError['code'], message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
