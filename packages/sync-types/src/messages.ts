import { z } from 'zod';
import type { Mutation, MutationResult, Transaction } from './changes.ts';
import { isHlc, type Hlc } from './hlc.ts';
import { isLsn, type Epoch, type Lsn, type Position } from './lsn.ts';
import type { ScopeKey } from './schema.ts';

/** The WebSocket subprotocol and the version of everything in this file. */
export const PROTOCOL = 'vibestack.sync.v1';

/** Bytes: a client message above this closes the socket with 1009. */
export const MAX_CLIENT_MESSAGE = 1_000_000;

/** What the client says. */
export type ClientMessage = Hello | Staged | Push | Ack;

/** First message on a socket: who is there, where it stands, what it has. */
export interface Hello {
  readonly type: 'hello';
  readonly clientId: string;
  readonly schemaVersion: number;
  readonly schemaHash: string;
  /** Null when the store is empty. */
  readonly position: Position | null;
  /** Scopes whose rows the store has, complete as of `position`. */
  readonly scopes: readonly ScopeKey[];
  /** Every client id that still has mutations in the outbox; their results reach this session. */
  readonly outboxClientIds: readonly string[];
}

/** A snapshot was downloaded whole and waits beside the tables for its place in the stream. */
export interface Staged {
  readonly type: 'staged';
  /** From the snapshot's trailer; the server finds the marker in the log by it. */
  readonly nonce: string;
}

/** Mutations, oldest first; repeated until their results arrive. */
export interface Push {
  readonly type: 'push';
  readonly mutations: readonly Mutation[];
}

/** The client's durable position, and the highest mutation id per client id whose results it has applied. */
export interface Ack {
  readonly type: 'ack';
  readonly lsn: Lsn;
  readonly results: Readonly<Record<string, number>>;
}

/** What the server says. */
export type ServerMessage = Welcome | Gain | Lose | IntervalMessage | Results | ServerError;

/** Answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome';
  readonly epoch: Epoch;
  /** SEMANTICS 8.1. */
  readonly schema: 'ok' | 'upgrade_available' | 'upgrade_required' | 'rebuild';
  /** The client's rows belong to another epoch, or the log no longer reaches its position: all scopes are replaced. */
  readonly reset: boolean;
  /** Scopes that the client keeps and goes on receiving. */
  readonly keep: readonly ScopeKey[];
  /** Scopes that the client had and may no longer have: rows go at once. */
  readonly lose: readonly ScopeKey[];
  /** Scopes to download. */
  readonly gain: readonly ScopeKey[];
  /** Server's Unix milliseconds; for display, not for merging. */
  readonly time: number;
}

/** Membership grew: download a snapshot of these scopes, then send `staged`. */
export interface Gain {
  readonly type: 'gain';
  readonly scopes: readonly ScopeKey[];
}

/** Membership shrank: these rows, staged ones included, go at once whatever the position. */
export interface Lose {
  readonly type: 'lose';
  readonly scopes: readonly ScopeKey[];
}

/**
 * Everything the client may see of the half-open interval `(from, to]` of history.
 *
 * Applied only if `from` is the client's position (null: an empty store); ignored if `to` is not after it; otherwise
 * the client reconnects. With `admit`, the staged snapshot of that nonce becomes visible in the same local
 * transaction: `admit.transactions` are applied to the staged rows only, in order, those rows enter the tables, and
 * the client stands at `to`.
 */
export interface IntervalMessage {
  readonly type: 'interval';
  readonly epoch: Epoch;
  readonly from: Lsn | null;
  readonly to: Lsn;
  readonly transactions: readonly Transaction[];
  readonly admit?: Admission;
}

export interface Admission {
  /** Null when the scopes were empty before this interval, so that there is nothing to download (SEMANTICS 7.4). */
  readonly nonce: string | null;
  readonly scopes: readonly ScopeKey[];
  /** Logged transactions up to `to` that the snapshot does not see, restricted to `scopes`. */
  readonly transactions: readonly Transaction[];
}

/** Results answered directly: for mutations whose result the client's position has already passed. */
export interface Results {
  readonly type: 'results';
  readonly results: readonly MutationResult[];
}

export interface ServerError {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  /** The server closes the socket after a fatal error. */
  readonly fatal: boolean;
}

/** WebSocket close codes that a client must tell apart. */
export const CloseCode = {
  /** Refresh the access token and come back. */
  needsAuth: 4401,
  /** Do not come back. */
  forbidden: 4403,
  /** Protocol error: reconnect from the durable position. */
  protocol: 4400,
  /** Server state moved (eviction, epoch, deploy): reconnect with jitter. */
  restart: 4503,
} as const;

const lsn = z.string().refine(isLsn, 'not an LSN') as unknown as z.ZodType<Lsn>;
const hlc = z.string().refine(isHlc, 'not a clock') as unknown as z.ZodType<Hlc>;
const epoch = z.string().min(1).max(64) as unknown as z.ZodType<Epoch>;
const scope = z.string().min(1).max(200) as unknown as z.ZodType<ScopeKey>;
const clientId = z.uuid();
const name = z.string().min(1).max(63);
const key = z.string().min(1).max(1000);
const row = z.record(name, z.string().nullable());

const op = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('insert'), table: name, key, row }),
  z.strictObject({ op: z.literal('patch'), table: name, key, row }),
  z.strictObject({ op: z.literal('delete'), table: name, key }),
]);

const mutation = z.strictObject({
  clientId,
  id: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  hlc,
  schemaVersion: z.int().positive(),
  ops: z.array(op).min(1).max(100_000),
});

const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    clientId,
    schemaVersion: z.int().positive(),
    schemaHash: z.string().max(128),
    position: z.strictObject({ epoch, lsn }).nullable(),
    scopes: z.array(scope).max(100_000),
    outboxClientIds: z.array(clientId).max(100),
  }),
  z.strictObject({ type: z.literal('staged'), nonce: z.string().min(1).max(64) }),
  z.strictObject({ type: z.literal('push'), mutations: z.array(mutation).min(1).max(1000) }),
  z.strictObject({ type: z.literal('ack'), lsn, results: z.record(clientId, z.int().nonnegative()) }),
]);

/** A message that is not of this protocol. `code` is stable; the message says what was wrong with it. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code = 'bad_message';
}

/**
 * Parses what a client sent; after it, types hold.
 *
 * @throws {MessageError} not JSON, too long, or not a message of this protocol
 */
export function parseClientMessage(text: string): ClientMessage {
  if (text.length > MAX_CLIENT_MESSAGE) throw new MessageError(`Message of ${text.length} characters is too long`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new MessageError('Message is not JSON');
  }
  const parsed = clientMessage.safeParse(json);
  if (!parsed.success) throw new MessageError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Server messages come from our own Worker over TLS: their shape is trusted, their `type` is checked. */
export function parseServerMessage(text: string): ServerMessage {
  const json = JSON.parse(text) as ServerMessage;
  if (!SERVER_TYPES.has(json.type)) throw new MessageError(`Unknown server message '${json.type}'`);
  return json;
}

const SERVER_TYPES: ReadonlySet<string> = new Set(['welcome', 'gain', 'lose', 'interval', 'results', 'error']);

export const encodeMessage = (message: ClientMessage | ServerMessage): string => JSON.stringify(message);
