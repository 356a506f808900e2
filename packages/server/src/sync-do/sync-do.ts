import { DurableObject } from 'cloudflare:workers';
import { connect } from '@vibestack/replication/workerd';
import {
  CloseCode,
  MessageError,
  parseClientMessage,
  type ClientMessage,
  type SyncSchema,
} from '@vibestack/sync-types';
import { log } from '../app/logging.ts';
import { CLAIMS_HEADER, type TicketClaims } from '../app/tickets.ts';
import { databaseUrl, sourceKind, type ServerEnv } from '../database/config.ts';
import { Pool } from '../database/pool.ts';
import { replicationStub } from '../replication-do/index.ts';
import { pruneResults } from '../writer/prune.ts';
import { ClientIdTaken, write, type RowSchemas } from '../writer/writer.ts';
import { admitStaged } from './admit.ts';
import { deliver } from './deliver.ts';
import { subscribeGroup, type Group } from './group.ts';
import { hello } from './hello.ts';
import { Serial } from './serial.ts';
import { Sockets, refuse, type Connected } from './sockets.ts';

/** Milliseconds between looks at expired tokens and idle database connections. */
const SWEEP_INTERVAL = 60_000;

/**
 * A group of client sessions: filters the log for each, and writes what they push.
 *
 * Everything that moves a session through the stream runs one after the other; writes of a client too, but beside it.
 */
export abstract class SyncDOBase extends DurableObject<ServerEnv> {
  protected abstract readonly schema: SyncSchema;
  protected abstract readonly rowSchemas: RowSchemas;
  readonly #sockets: Sockets;
  readonly #pool: Pool;
  readonly #stream = new Serial();
  readonly #writes = new Map<string, Serial>();
  #deliveryQueued = false;

  constructor(ctx: DurableObjectState, env: ServerEnv) {
    super(ctx, env);
    this.#sockets = new Sockets(ctx);
    this.#pool = new Pool(connect, databaseUrl(env));
  }

  /** The Worker has checked ticket, Origin and limits; here the ticket is used up. */
  override async fetch(request: Request): Promise<Response> {
    const claims = JSON.parse(request.headers.get(CLAIMS_HEADER) ?? 'null') as TicketClaims | null;
    if (claims === null) return new Response('Not for the outside', { status: 400 });
    const { 0: client, 1: server } = new WebSocketPair();
    if (!this.#sockets.redeem(claims.jti, claims.ticketExpires, Date.now())) {
      server.accept();
      server.close(CloseCode.needsAuth, 'ticket_used');
    } else {
      const id = crypto.randomUUID();
      this.#sockets.accept(server, { id, userId: claims.userId, expires: claims.tokenExpires, ready: null });
      await this.#armSweep();
    }
    const headers = { 'sec-websocket-protocol': request.headers.get('sec-websocket-protocol') ?? '' };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** The log grew; a hint only. */
  notify(): Promise<void> {
    return this.#deliver();
  }

  override async webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const session = this.#sockets.get(ws);
    if (session === null) {
      refuse(ws, CloseCode.restart, 'session_unknown', 'The session is gone; reconnect.');
      return;
    }
    if (session.expires <= Date.now()) {
      refuse(ws, CloseCode.needsAuth, 'token_expired', 'The access token has expired; renew it and reconnect.');
      return;
    }
    try {
      if (typeof data !== 'string') throw new MessageError('Binary messages are not part of this protocol');
      await this.#handle({ ws, session }, parseClientMessage(data));
    } catch (error) {
      this.#report(ws, error);
    }
  }

  override async webSocketClose(ws: WebSocket): Promise<void> {
    this.#sockets.forget(ws);
    if (this.#sockets.all().length === 0) await subscribeGroup(this.#group()); // to nothing: nobody listens here
  }

  override async webSocketError(ws: WebSocket): Promise<void> {
    await this.webSocketClose(ws);
  }

  override async alarm(): Promise<void> {
    for (const { ws, session } of this.#sockets.all()) {
      if (session.expires <= Date.now())
        refuse(ws, CloseCode.needsAuth, 'token_expired', 'The access token has expired.');
    }
    await this.#pool.closeIdle();
    const group = this.#group();
    if (this.#sockets.all().length > 0 && !(await group.replication.renew(group.name))) await subscribeGroup(group);
    await this.#armSweep();
  }

  async #handle(connected: Connected, message: ClientMessage): Promise<void> {
    const { ws } = connected;
    if (message.type === 'hello') {
      await this.#stream.run(() => hello(this.#group(), connected, message));
      await this.#deliver();
      return;
    }
    const { ready } = connected.session;
    if (ready === null) throw new MessageError('The first message is hello');
    switch (message.type) {
      case 'staged':
        await this.#stream.run(async () => {
          const session = this.#sockets.get(ws);
          if (!session?.ready) return;
          const staged = [...session.ready.staged, message.nonce].slice(-8);
          this.#sockets.save({ ...session, ready: { ...session.ready, staged } });
          await Promise.resolve();
        });
        await this.#deliver();
        break;
      case 'push':
        for (const { clientId } of message.mutations) {
          if (!ready.clientIds.includes(clientId)) throw new MessageError(`Client id ${clientId} was not announced`);
        }
        await this.#writer(ready.clientId).run(() =>
          write(this.#writerPorts(), connected.session.userId, message.mutations),
        );
        if (sourceKind(this.env) === 'poll') await replicationStub(this.env).nudge();
        break;
      case 'ack':
        await pruneResults(this.#pool, ready.clientIds, message.results);
        break;
      default:
        message satisfies never;
    }
  }

  /** Queues one delivery; whoever comes while one waits is served by it. */
  async #deliver(): Promise<void> {
    if (this.#deliveryQueued) return;
    this.#deliveryQueued = true;
    await this.#stream.run(async () => {
      this.#deliveryQueued = false;
      const group = this.#group();
      await deliver(group);
      await admitStaged(group);
    });
  }

  #report(ws: WebSocket, error: unknown): void {
    if (error instanceof MessageError) {
      refuse(ws, CloseCode.protocol, error.code, error.message);
    } else if (error instanceof ClientIdTaken) {
      refuse(ws, CloseCode.forbidden, error.code, error.message);
    } else {
      // What broke is ours or the database's: the client keeps what it has and tries again.
      log('error', 'sync.failed', { error: error instanceof Error ? error.message : String(error) });
      refuse(ws, CloseCode.restart, 'server_error', 'The server could not do this now; try again.');
    }
  }

  #writer(clientId: string): Serial {
    let serial = this.#writes.get(clientId);
    if (!serial) {
      serial = new Serial();
      this.#writes.set(clientId, serial);
    }
    return serial;
  }

  #writerPorts() {
    return { pool: this.#pool, schema: this.schema, rowSchemas: this.rowSchemas };
  }

  #group(): Group {
    return {
      name: this.ctx.id.name ?? this.ctx.id.toString(),
      schema: this.schema,
      replication: replicationStub(this.env),
      pool: this.#pool,
      sockets: this.#sockets,
    };
  }

  async #armSweep(): Promise<void> {
    if (this.#sockets.all().length === 0) return;
    const next = Math.min(...this.#sockets.all().map(({ session }) => session.expires), Date.now() + SWEEP_INTERVAL);
    await this.ctx.storage.setAlarm(Math.max(next, Date.now() + 1000));
  }
}
