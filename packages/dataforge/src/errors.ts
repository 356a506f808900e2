/** Something about the model, or about the database it meets, that cannot work. `fix` says what to change. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly code: string;
  readonly fix: string;

  /** @param code  stable, snake_case */
  constructor(code: string, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}
