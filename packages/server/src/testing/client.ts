import { PgConnection } from '@vibestack/replication';
import { connect } from '@vibestack/replication/workerd';
import {
  FrameKind,
  PROTOCOL,
  encodeMessage,
  hlcFromMillis,
  parseServerMessage,
  readFrames,
  type ClientMessage,
  type IntervalMessage,
  type Mutation,
  type Op,
  type Position,
  type ScopeKey,
  type ServerMessage,
  type SnapshotEnd,
} from '@vibestack/sync-types';
import { schema } from '@repo/schema/server';
import { env, exports } from 'cloudflare:workers';
import { asSql, type Sql } from '../database/pool.ts';
import type { ServerEnv } from '../database/config.ts';

export const testEnv = env as unknown as ServerEnv & { readonly ISSUER_URL: string };
const worker = (exports as unknown as { default: Fetcher }).default;
const ORIGIN = 'https://app.test';

/** Runs SQL as somebody outside of the framework. */
export async function outside<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const connection = await PgConnection.open(connect, testEnv.DATABASE_URL);
  try {
    return await work(asSql(connection));
  } finally {
    await connection.close();
  }
}

export const request = (path: string, init?: RequestInit): Promise<Response> => worker.fetch(`${ORIGIN}${path}`, init);

export async function personNamed(name: string): Promise<string> {
  const [row] = await outside((sql) => sql.rows('select id from person where name = $1', [name]));
  return row?.['id'] ?? '';
}

/** An access token with these claims over valid ones. */
export async function tokenFor(userId: string, claims: Record<string, unknown> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: 'https://issuer.test', aud: 'vibestack', sub: userId, iat: now, exp: now + 900, ...claims };
  return (await fetch(testEnv.ISSUER_URL, { method: 'POST', body: JSON.stringify(all) })).text();
}

export async function ticketFor(token: string): Promise<string> {
  const answer = await request('/sync/ticket', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  return (await answer.json<{ ticket: string }>()).ticket;
}

/** Opens a socket without saying anything. */
export async function openSocket(ticket: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const answer = await request('/sync/socket', {
    headers: { upgrade: 'websocket', 'sec-websocket-protocol': `${PROTOCOL}, ticket.${ticket}`, ...headers },
  });
  if (!answer.webSocket) throw new Error(`No socket: ${answer.status} ${await answer.text()}`);
  answer.webSocket.accept();
  return answer.webSocket;
}

export const closeOf = (socket: WebSocket): Promise<{ code: number; reason: string }> =>
  new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      resolve({ code, reason });
    });
  });

/** A client that speaks the protocol by hand, and remembers all that it was told. */
export class TestClient {
  readonly clientId: string;
  readonly userId: string;
  readonly socket: WebSocket;
  readonly token: string;
  /** Not yet taken by {@link next}. */
  readonly received: ServerMessage[] = [];
  /** All that it was ever told. */
  readonly told: ServerMessage[] = [];
  position: Position | null;
  scopes: readonly ScopeKey[] = [];
  #wake: () => void = () => undefined;
  #nextId = 1;

  private constructor(userId: string, token: string, socket: WebSocket, clientId: string, position: Position | null) {
    this.userId = userId;
    this.token = token;
    this.socket = socket;
    this.clientId = clientId;
    this.position = position;
    socket.addEventListener('message', (event) => {
      const message = parseServerMessage(String(event.data));
      this.received.push(message);
      this.told.push(message);
      this.#wake();
    });
  }

  static async connect(name: string, before?: TestClient): Promise<TestClient> {
    const userId = await personNamed(name);
    const token = await tokenFor(userId);
    const socket = await openSocket(await ticketFor(token));
    const client = new TestClient(
      userId,
      token,
      socket,
      before?.clientId ?? crypto.randomUUID(),
      before?.position ?? null,
    );
    client.scopes = before?.scopes ?? [];
    client.send({
      type: 'hello',
      clientId: client.clientId,
      schemaVersion: schema.version,
      schemaHash: schema.hash,
      position: client.position,
      scopes: client.scopes,
      outboxClientIds: [],
    });
    return client;
  }

  /** Connects and downloads everything. @returns the client and the downloaded text by table */
  static async live(name: string): Promise<{ client: TestClient; rows: Map<string, string> }> {
    const client = await TestClient.connect(name);
    const welcome = await client.next('welcome');
    const rows = await client.download(welcome.gain);
    return { client, rows };
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeMessage(message));
  }

  /** The next message of this type, those of others before it are skipped; intervals move the position. */
  async next<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    for (;;) {
      const message = this.received.shift();
      if (!message) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (message.type === 'interval') this.#follow(message);
      if (message.type === type) return message as Extract<ServerMessage, { type: T }>;
    }
  }

  /** The next interval that this holds for. */
  async until(holds: (interval: IntervalMessage) => boolean): Promise<IntervalMessage> {
    for (;;) {
      const interval = await this.next('interval');
      if (holds(interval)) return interval;
    }
  }

  async snapshot(scopes: readonly ScopeKey[]): Promise<{ end: SnapshotEnd; rows: Map<string, string> }> {
    const answer = await request('/sync/snapshot', {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scopes, clientIds: [this.clientId] }),
    });
    const rows = new Map<string, string>();
    let table = '';
    let end: SnapshotEnd | null = null;
    for await (const { kind, payload } of readFrames(answer.body as unknown as AsyncIterable<Uint8Array>)) {
      const text = new TextDecoder().decode(payload);
      if (kind === FrameKind.table) table = (JSON.parse(text) as { table: string }).table;
      else if (kind === FrameKind.rows) rows.set(table, (rows.get(table) ?? '') + text);
      else if (kind === FrameKind.end) end = JSON.parse(text) as SnapshotEnd;
    }
    if (!end) throw new Error('The snapshot has no end');
    return { end, rows };
  }

  async download(scopes: readonly ScopeKey[]): Promise<Map<string, string>> {
    const { end, rows } = await this.snapshot(scopes);
    this.send({ type: 'staged', nonce: end.nonce });
    const { admit } = await this.until((interval) => interval.admit?.nonce === end.nonce);
    this.scopes = [...new Set([...this.scopes, ...(admit?.scopes ?? [])])];
    return rows;
  }

  push(...ops: Op[]): Mutation {
    const id = this.#nextId++;
    const mutation: Mutation = {
      clientId: this.clientId,
      id,
      hash: id.toString(16).padStart(64, '0'),
      hlc: hlcFromMillis(Date.now()),
      schemaVersion: schema.version,
      ops,
    };
    this.send({ type: 'push', mutations: [mutation] });
    return mutation;
  }

  close(): void {
    this.socket.close();
  }

  #follow({ epoch, from, to }: IntervalMessage): void {
    if (from !== (this.position?.lsn ?? null))
      throw new Error(`A gap: at ${this.position?.lsn ?? 'nothing'}, interval from ${from ?? 'nothing'}`);
    this.position = { epoch, lsn: to };
  }
}
