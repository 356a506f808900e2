import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An error that the caller is told: status, stable code, a sentence that says what to do. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: ContentfulStatusCode;
  readonly code: string;

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
