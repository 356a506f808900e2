import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import type { ServerEnv } from '../database/config.ts';
import type { AppTypes } from './auth.ts';

/** Whether a page from this origin may talk to us: our own, or one that is configured. */
export function originAllowed(env: ServerEnv, requestUrl: string, origin: string): boolean {
  if (origin === new URL(requestUrl).origin) return true;
  return (env.ALLOWED_ORIGINS ?? '').split(',').some((allowed) => allowed.trim() === origin);
}

/** CORS for configured origins only; credentials travel in the Authorization header, so cookies are never allowed. */
export const allowOrigins = createMiddleware<AppTypes>((c, next) =>
  cors({
    origin: (origin) => (originAllowed(c.env, c.req.url, origin) ? origin : null),
    allowHeaders: ['authorization', 'content-type'],
    allowMethods: ['GET', 'POST'],
    maxAge: 600,
  })(c, next),
);
