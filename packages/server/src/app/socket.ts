import { CloseCode, PROTOCOL } from '@vibestack/sync-types';
import { Hono } from 'hono';
import { syncGroups, ticketSecret } from '../database/config.ts';
import { authenticated, type AppTypes } from './auth.ts';
import { HttpError } from './errors.ts';
import { originAllowed } from './origins.ts';
import { CLAIMS_HEADER, issueTicket, verifyTicket, type TicketClaims } from './tickets.ts';

/** `POST /sync/ticket`: an access token buys a ticket, which opens one socket within 30 s. */
export const ticketRoute = () =>
  new Hono<AppTypes>().post('/ticket', authenticated, async (c) =>
    c.json({ ticket: await issueTicket(ticketSecret(c.env), c.get('identity')) }),
  );

/**
 * `GET /sync/socket`: the WebSocket, with subprotocols `vibestack.sync.v1` and `ticket.<ticket>`.
 *
 * Everything is checked before an object is called. A browser cannot read the status of a refused upgrade, so refusals
 * are sockets that close at once: 4401 refresh and come back, 4403 stop.
 */
export const socketRoute = () =>
  new Hono<AppTypes>().get('/socket', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
      throw new HttpError(426, 'upgrade_required', 'This address speaks WebSocket only.');
    }
    const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
    if (!offered.includes(PROTOCOL)) throw new HttpError(400, 'bad_protocol', `Offer the subprotocol ${PROTOCOL}.`);
    const origin = c.req.header('origin');
    if (origin !== undefined && !originAllowed(c.env, c.req.url, origin)) {
      return refuseSocket(CloseCode.forbidden, 'origin_refused');
    }
    const ticket = offered.find((protocol) => protocol.startsWith('ticket.'))?.slice('ticket.'.length) ?? '';
    let claims: TicketClaims;
    try {
      claims = await verifyTicket(ticketSecret(c.env), ticket);
    } catch {
      return refuseSocket(CloseCode.needsAuth, 'bad_ticket'); // forged, expired or missing: all mend by a new ticket
    }
    const group = await groupOf(claims.userId, syncGroups(c.env));
    const headers = new Headers({
      upgrade: 'websocket',
      'sec-websocket-protocol': PROTOCOL,
      [CLAIMS_HEADER]: JSON.stringify(claims),
    });
    return c.env.SYNC.getByName(group).fetch(new Request(c.req.url, { headers }));
  });

function refuseSocket(code: number, reason: string): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': PROTOCOL } });
}

/** All sessions of a person live in one group, so that they share its reads of the log. */
async function groupOf(userId: string, groups: number): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(userId));
  return `group/${new DataView(digest).getUint32(0) % groups}`;
}
