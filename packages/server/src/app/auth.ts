import { createMiddleware } from 'hono/factory';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { ServerEnv } from '../database/config.ts';
import { HttpError } from './errors.ts';

/** Who asks, by a verified access token. */
export interface Identity {
  /** The subject: a person's id in the database. */
  readonly userId: string;
  /** Unix milliseconds. */
  readonly tokenExpires: number;
}

export interface AppTypes {
  Bindings: ServerEnv;
  Variables: { identity: Identity };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Key sets by URL: jose caches and refreshes them, so there is one per isolate. */
const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

function keysAt(url: string): ReturnType<typeof createRemoteJWKSet> {
  let keys = keySets.get(url);
  if (!keys) {
    keys = createRemoteJWKSet(new URL(url));
    keySets.set(url, keys);
  }
  return keys;
}

/**
 * Verifies an access token: ES256, issuer, audience, expiry, and a subject that is a person's id.
 *
 * @throws {HttpError} 401 with a code; 503 when the issuer's keys cannot be fetched
 */
async function verifyAccessToken(env: ServerEnv, token: string): Promise<Identity> {
  const keys = keysAt(env.AUTH_JWKS_URL ?? new URL('/.well-known/jwks.json', env.AUTH_ISSUER).href);
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      issuer: env.AUTH_ISSUER,
      audience: env.AUTH_AUDIENCE,
      requiredClaims: ['sub', 'exp'],
    });
    const { sub = '', exp = 0 } = payload;
    if (!UUID.test(sub)) throw new HttpError(401, 'bad_subject', 'The access token names nobody here.');
    return { userId: sub, tokenExpires: exp * 1000 };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (error instanceof errors.JWTExpired) throw new HttpError(401, 'token_expired', 'The access token has expired.');
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
      throw new HttpError(503, 'issuer_unavailable', 'The keys of the identity issuer cannot be fetched right now.');
    }
    throw new HttpError(401, 'bad_token', 'The access token is not valid here.');
  }
}

/** Lets only requests with a valid access token pass. */
export const authenticated = createMiddleware<AppTypes>(async (c, next) => {
  const header = c.req.header('authorization') ?? '';
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined) throw new HttpError(401, 'no_token', 'Send an access token: Authorization: Bearer …');
  c.set('identity', await verifyAccessToken(c.env, token));
  await next();
});
