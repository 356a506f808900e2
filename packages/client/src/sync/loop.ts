import {
  CloseCode,
  PROTOCOL,
  encodeMessage,
  parseServerMessage,
  type ClientMessage,
  type Mutation,
  type ScopeKey,
  type ServerMessage,
  type SyncSchema,
} from '@vibestack/sync-types';
import { GapError, StagingMissingError, type ChangedKeys, type Store } from '../store/index.ts';
import { download } from './download.ts';
import { HttpStatusError } from './http.ts';
import { INITIAL_LINK, retryDelay, transition, type LinkEvent, type LinkState } from './machine.ts';
import type { SyncStatus } from './status.ts';

/** What the loop needs of the world. */
export interface SyncPorts {
  /** Base URL of the server, without a slash at the end. */
  readonly url: string;
  /** @param fresh  the last token was refused: get another one. @throws when nobody is signed in */
  readonly getToken: (fresh: boolean) => Promise<string>;
  readonly fetch: typeof fetch;
  readonly openSocket: (url: string, protocols: string[]) => WebSocket;
  readonly setTimeout: (run: () => void, millis: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly random: () => number;
  readonly onStatus: (change: Partial<SyncStatus>) => void;
  readonly onChanged: (changed: ChangedKeys) => void;
  /** Told after results were applied, with the highest id of each client. */
  readonly onSettled: (watermarks: Readonly<Record<string, number>>) => Promise<void>;
}

const PUSH_MUTATIONS = 200;
const PUSH_CHARACTERS = 500_000;
/** Milliseconds. */
const PING_INTERVAL = 25_000;
const PONG_TIMEOUT = 10_000;
const ACK_DELAY = 500;

/**
 * Keeps a store in step with the server: one socket at a time, one message after the other.
 *
 * Everything that touches the store runs in one queue, in the order of arrival; only losses of scopes go ahead of it.
 */
export class SyncLoop {
  readonly #store: Store;
  readonly #schema: SyncSchema;
  readonly #ports: SyncPorts;
  #link: LinkState = INITIAL_LINK;
  #socket: WebSocket | null = null;
  #abort = new AbortController();
  #queue: ServerMessage[] = [];
  #draining = false;
  #sent = new Set<string>();
  #pushing: Promise<void> = Promise.resolve();
  #retryTimer: unknown = null;
  #pingTimer: unknown = null;
  #ackTimer: unknown = null;
  #downloads = 0;
  #closed = false;

  constructor(store: Store, schema: SyncSchema, ports: SyncPorts) {
    this.#store = store;
    this.#schema = schema;
    this.#ports = ports;
  }

  /** Tries to connect now, unless connected: at the start, when the network is back, when somebody signs in. */
  wake(): void {
    if (!this.#closed) this.#step({ type: 'wake' });
  }

  /** There is something new in the outbox, and it is mirrored. */
  wrote(): void {
    if (this.#link.name === 'streaming') this.#push();
    else this.wake();
  }

  close(): void {
    this.#closed = true;
    this.#dropSocket();
    this.#ports.clearTimeout(this.#retryTimer);
  }

  #step(event: LinkEvent): void {
    const before = this.#link;
    this.#link = transition(before, event);
    if (this.#link === before) return;
    this.#ports.clearTimeout(this.#retryTimer);
    switch (this.#link.name) {
      case 'connecting':
        this.#ports.onStatus({ phase: 'connecting' });
        void this.#connect(this.#link.fresh);
        break;
      case 'waiting':
        this.#ports.onStatus({ phase: 'offline', progress: null });
        this.#retryTimer = this.#ports.setTimeout(
          () => {
            this.wake();
          },
          retryDelay(this.#link.attempt, this.#ports.random()),
        );
        break;
      case 'needs_auth':
      case 'stopped':
        this.#ports.onStatus({ phase: this.#link.name, progress: null });
        break;
      default:
        break;
    }
  }

  async #connect(fresh: boolean): Promise<void> {
    try {
      const token = await this.#ports.getToken(fresh);
      const response = await this.#ports.fetch(`${this.#ports.url}/sync/ticket`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      if (!response.ok) throw new HttpStatusError(response.status, 'No ticket');
      const { ticket } = (await response.json()) as { ticket: string };
      if (!this.#closed) this.#open(ticket);
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(ticket: string): void {
    const url = `${this.#ports.url.replace(/^http/, 'ws')}/sync/socket`;
    const socket = this.#ports.openSocket(url, [PROTOCOL, `ticket.${ticket}`]);
    this.#socket = socket;
    this.#abort = new AbortController();
    this.#sent = new Set();
    this.#queue = [];
    const mine = (run: (event: MessageEvent | CloseEvent) => void) => (event: Event) => {
      if (this.#socket === socket) run(event as MessageEvent | CloseEvent);
    };
    socket.addEventListener(
      'open',
      mine(() => void this.#greet()),
    );
    socket.addEventListener(
      'message',
      mine((event) => {
        this.#receive((event as MessageEvent<string>).data);
      }),
    );
    socket.addEventListener(
      'close',
      mine((event) => {
        this.#dropSocket();
        this.#step({ type: 'closed', code: (event as CloseEvent).code });
      }),
    );
  }

  async #greet(): Promise<void> {
    this.#step({ type: 'opened' });
    this.#store.discardStaged();
    const pending = await this.#store.pending(10_000);
    const { position, scopes } = this.#store.state();
    this.#send({
      type: 'hello',
      clientId: this.#store.clientId,
      schemaVersion: this.#schema.version,
      schemaHash: this.#schema.hash,
      position,
      scopes,
      outboxClientIds: [...new Set(pending.map(({ clientId }) => clientId))],
    });
  }

  #receive(data: string): void {
    this.#armPing();
    if (data === 'pong') return;
    try {
      const message = parseServerMessage(data);
      // A loss goes ahead of everything that waits (SEMANTICS 7.5).
      if (message.type === 'lose') this.#queue.unshift(message);
      else this.#queue.push(message);
      void this.#drain();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let message = this.#queue.shift(); message; message = this.#queue.shift()) await this.#handle(message);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#draining = false;
    }
  }

  async #handle(message: ServerMessage): Promise<void> {
    switch (message.type) {
      case 'welcome':
        this.#step({ type: 'welcome' });
        if (message.reset) await this.#store.reset();
        if (message.lose.length > 0) this.#ports.onChanged(await this.#store.dropScopes(message.lose));
        this.#ports.onStatus({ phase: message.gain.length > 0 ? 'downloading' : 'live', lastError: null });
        if (message.gain.length > 0) void this.#download(message.gain);
        this.#push();
        break;
      case 'gain':
        void this.#download(message.scopes);
        break;
      case 'lose':
        this.#ports.onChanged(await this.#store.dropScopes(message.scopes));
        break;
      case 'interval': {
        const applied = await this.#store.applyInterval(message);
        if (applied.status === 'ignored') break;
        this.#ports.onChanged(applied.changed);
        this.#ports.onStatus({ position: this.#store.state().position });
        await this.#settled();
        break;
      }
      case 'results':
        this.#ports.onChanged(await this.#store.applyResults(message.results));
        await this.#settled();
        break;
      case 'error':
        this.#ports.onStatus({ lastError: { code: message.code, message: message.message } });
        break;
      default:
        message satisfies never;
    }
  }

  async #settled(): Promise<void> {
    await this.#ports.onSettled(await this.#store.watermarks());
    this.#push();
    this.#ackTimer ??= this.#ports.setTimeout(() => {
      this.#ackTimer = null;
      void this.#acknowledge();
    }, ACK_DELAY);
  }

  async #acknowledge(): Promise<void> {
    const { position } = this.#store.state();
    if (position === null || this.#link.name !== 'streaming') return;
    this.#send({ type: 'ack', lsn: position.lsn, results: await this.#store.watermarks() });
  }

  /** Downloads beside the stream; the server then says where in it the rows belong. */
  async #download(scopes: readonly ScopeKey[]): Promise<void> {
    const { signal } = this.#abort;
    this.#downloads++;
    try {
      const token = await this.#ports.getToken(false);
      const pending = await this.#store.pending(10_000);
      const clientIds = [...new Set([this.#store.clientId, ...pending.map(({ clientId }) => clientId)])];
      const snapshot = await download(
        {
          fetch: this.#ports.fetch,
          url: this.#ports.url,
          token,
          signal,
          onProgress: (rows, of) => {
            this.#ports.onStatus({ progress: { rows, of } });
          },
        },
        scopes,
        clientIds,
      );
      if (signal.aborted) return;
      this.#store.stage(snapshot);
      this.#send({ type: 'staged', nonce: snapshot.nonce });
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      if (--this.#downloads === 0 && !signal.aborted) this.#ports.onStatus({ progress: null, phase: 'live' });
    }
  }

  /** Sends what the outbox has and this socket has not carried yet. */
  #push(): void {
    this.#pushing = this.#pushing
      .then(() => this.#pushPending())
      .catch((error: unknown) => {
        this.#fail(error);
      });
  }

  async #pushPending(): Promise<void> {
    if (this.#link.name !== 'streaming') return;
    const pending = await this.#store.pending(PUSH_MUTATIONS);
    const name = ({ clientId, id }: Mutation) => `${clientId}:${id}`;
    let batch: Mutation[] = [];
    let size = 0;
    const flush = () => {
      if (batch.length > 0) this.#send({ type: 'push', mutations: batch });
      batch = [];
      size = 0;
    };
    for (const mutation of pending.filter((one) => !this.#sent.has(name(one)))) {
      const length = JSON.stringify(mutation).length;
      if (size + length > PUSH_CHARACTERS) flush();
      batch.push(mutation);
      size += length;
      this.#sent.add(name(mutation));
    }
    flush();
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(encodeMessage(message));
  }

  /** Silence is answered by a ping, and silence after that by a new connection: a dead network closes nothing. */
  #armPing(): void {
    this.#ports.clearTimeout(this.#pingTimer);
    this.#pingTimer = this.#ports.setTimeout(() => {
      this.#socket?.send('ping');
      this.#pingTimer = this.#ports.setTimeout(() => {
        this.#lost(0);
      }, PONG_TIMEOUT);
    }, PING_INTERVAL);
  }

  #fail(error: unknown): void {
    const { code = 'error', message = String(error) } = error as { code?: string; message?: string };
    if (!(error instanceof GapError) && !(error instanceof StagingMissingError)) {
      this.#ports.onStatus({ lastError: { code, message } });
    }
    const status = error instanceof HttpStatusError ? error.status : 0;
    this.#lost(status === 401 ? CloseCode.needsAuth : status === 403 ? CloseCode.forbidden : 0);
  }

  #lost(code: number): void {
    this.#dropSocket();
    this.#step({ type: 'closed', code });
  }

  #dropSocket(): void {
    this.#abort.abort();
    this.#ports.clearTimeout(this.#pingTimer);
    this.#ports.clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    this.#queue = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
