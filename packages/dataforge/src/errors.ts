/** One thing that is wrong, where, and what to do about it. */
export interface Problem {
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** `file:line` where it can be told. */
  readonly where?: string;
}

/** Something about the model, or about the database it meets, that cannot work. `fix` says what to change. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly code: string;
  readonly fix: string;
  /** What it consists of, where it is more than one thing. */
  readonly problems: readonly Problem[];

  /** @param code  stable, snake_case */
  constructor(code: string, message: string, fix: string, problems: readonly Problem[] = []) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.problems = problems;
  }
}
