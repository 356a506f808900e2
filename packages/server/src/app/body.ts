import { bodyLimit } from 'hono/body-limit';
import { every } from 'hono/combine';
import { createMiddleware } from 'hono/factory';
import type { AppTypes } from './auth.ts';
import { HttpError } from './errors.ts';

/** Bytes of a request's body: a snapshot of 20,000 scopes fits. */
const MAX_BODY = 1024 * 1024;

/**
 * Takes in the whole body before anything is decided. An answer that overtakes its request closes the connection under
 * a proxy that is still sending, which then reports a broken gateway in place of the answer.
 *
 * @throws {HttpError} 413 the body is longer than {@link MAX_BODY}
 */
export const takeBody = every(
  bodyLimit({
    maxSize: MAX_BODY,
    onError: () => {
      throw new HttpError(413, 'body_too_large', `A request may have at most ${MAX_BODY} bytes.`);
    },
  }),
  createMiddleware<AppTypes>(async (c, next) => {
    if (c.req.raw.body) await c.req.arrayBuffer(); // Hono keeps it for whoever asks next
    await next();
  }),
);
