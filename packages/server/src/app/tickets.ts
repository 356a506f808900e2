import { SignJWT, jwtVerify } from 'jose';

/** What a socket ticket says, once verified. */
export interface TicketClaims {
  /** Names the ticket: it works once. */
  readonly jti: string;
  readonly userId: string;
  /** Unix milliseconds. */
  readonly ticketExpires: number;
  /** Unix milliseconds at which the access token that bought the ticket ends. */
  readonly tokenExpires: number;
}

/** The header in which the Worker hands verified claims to a SyncDO; never taken from outside. */
export const CLAIMS_HEADER = 'x-vibestack-claims';

/** Seconds. */
const TICKET_LIFE = 30;
const AUDIENCE = 'vibestack:socket';

/** A ticket opens one socket within 30 s; it may appear in logs, an access token may not. */
export async function issueTicket(
  secret: Uint8Array,
  { userId, tokenExpires }: Pick<TicketClaims, 'userId' | 'tokenExpires'>,
): Promise<string> {
  return new SignJWT({ tokenExpires })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience(AUDIENCE)
    .setJti(crypto.randomUUID())
    .setExpirationTime(`${TICKET_LIFE}s`)
    .sign(secret);
}

/** @throws {JOSEError} forged, expired, or not a ticket */
export async function verifyTicket(secret: Uint8Array, ticket: string): Promise<TicketClaims> {
  const { payload } = await jwtVerify(ticket, secret, {
    algorithms: ['HS256'],
    audience: AUDIENCE,
    requiredClaims: ['sub', 'jti', 'exp', 'tokenExpires'],
  });
  return {
    jti: payload.jti ?? '',
    userId: payload.sub ?? '',
    ticketExpires: (payload.exp ?? 0) * 1000,
    tokenExpires: Number(payload['tokenExpires']),
  };
}
