import { encodeMessage, type Lsn, type ServerMessage } from '@vibestack/sync-types';
import type { Session } from './session.ts';

/** What a socket itself remembers over hibernation. */
interface Attachment {
  readonly id: string;
  /** The end of the last interval that was sent; null before the first. */
  readonly lsn: Lsn | null;
}

/** A session with its socket. */
export interface Connected {
  readonly ws: WebSocket;
  readonly session: Session;
}

/** Sessions of one SyncDO: their state in SQLite, their place in the stream in the socket's attachment. */
export class Sockets {
  readonly #ctx: DurableObjectState;
  readonly #cache = new Map<string, Session>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.storage.sql.exec(`create table if not exists session (id text primary key, state text not null) without rowid`);
    ctx.storage.sql.exec(
      `create table if not exists ticket (jti text primary key, expires integer not null) without rowid`,
    );
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** @returns false when this ticket was used before */
  redeem(jti: string, expires: number, now: number): boolean {
    const { sql } = this.#ctx.storage;
    sql.exec(`delete from ticket where expires < ?`, now);
    return sql.exec(`insert or ignore into ticket values (?, ?)`, jti, expires).rowsWritten > 0;
  }

  accept(ws: WebSocket, session: Session): void {
    this.#ctx.acceptWebSocket(ws);
    ws.serializeAttachment({ id: session.id, lsn: null } satisfies Attachment);
    this.save(session);
  }

  save(session: Session): void {
    this.#cache.set(session.id, session);
    this.#ctx.storage.sql.exec(`insert or replace into session values (?, ?)`, session.id, JSON.stringify(session));
  }

  get(ws: WebSocket): Session | null {
    const { id } = ws.deserializeAttachment() as Attachment;
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const row = this.#ctx.storage.sql
      .exec<{ state: string }>(`select state from session where id = ?`, id)
      .toArray()[0];
    if (!row) return null;
    const session = JSON.parse(row.state) as Session;
    this.#cache.set(id, session);
    return session;
  }

  /** Open sockets with their sessions. */
  all(): Connected[] {
    return this.#ctx.getWebSockets().flatMap((ws) => {
      const session = ws.readyState === WebSocket.OPEN ? this.get(ws) : null;
      return session ? [{ ws, session }] : [];
    });
  }

  position(ws: WebSocket): Lsn | null {
    return (ws.deserializeAttachment() as Attachment).lsn;
  }

  advance(ws: WebSocket, lsn: Lsn): void {
    const { id } = ws.deserializeAttachment() as Attachment;
    ws.serializeAttachment({ id, lsn } satisfies Attachment);
  }

  forget(ws: WebSocket): void {
    const { id } = ws.deserializeAttachment() as Attachment;
    this.#cache.delete(id);
    this.#ctx.storage.sql.exec(`delete from session where id = ?`, id);
  }
}

/** Sends a message; a socket that is closing already does not take it, and its client will ask again. */
export function send(ws: WebSocket, message: ServerMessage): void {
  if (ws.readyState === WebSocket.OPEN) ws.send(encodeMessage(message));
}

/** Tells the client why, then closes. */
export function refuse(ws: WebSocket, closeCode: number, code: string, message: string): void {
  send(ws, { type: 'error', code, message, fatal: true });
  ws.close(closeCode, code);
}
