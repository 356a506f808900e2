import { DurableObject } from 'cloudflare:workers';

/** In place of SyncDO: says over its sockets that it was notified, and answers what it is sent with the same. */
export class SyncDO extends DurableObject {
  #count = 0;
  #at: number | null = null;

  /** What ReplicationDO calls when the log grew. */
  notify(): void {
    this.#count++;
    this.#at = Date.now();
    for (const socket of this.ctx.getWebSockets()) socket.send('notified');
  }

  override fetch(request: Request): Response {
    if (request.headers.get('upgrade') !== 'websocket') return Response.json({ count: this.#count, at: this.#at });
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.ctx.acceptWebSocket(ours);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    socket.send(message);
  }
}
