/** The server answered with a status that is not success. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  readonly code: string;
  readonly status: number;

  constructor(status: number, message: string) {
    super(`${message} (${status})`);
    this.status = status;
    this.code = `http_${status}`;
  }
}
