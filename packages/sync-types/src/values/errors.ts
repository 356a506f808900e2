/** A value that Postgres would take in another meaning than it has here, or a text that is no value. */
export class ValueError extends TypeError {
  override readonly name = 'ValueError';
  readonly code = 'invalid_value';
  readonly value: unknown;

  constructor(message: string, value: unknown) {
    super(message);
    this.value = value;
  }
}
