import type { Channel } from './connection/channel.ts';
import { PgConnection } from './connection/connection.ts';
import { readErrorResponse } from './connection/error-response.ts';
import type { Frame } from './connection/frames.ts';
import { message } from './connection/writer.ts';
import { ProtocolError } from './errors.ts';
import { PgoutputDecoder } from './pgoutput/decoder.ts';
import type { PgoutputMessage } from './pgoutput/messages.ts';
import type { Connect } from './socket.ts';
import { parseUrl, refusePooler } from './url.ts';

export interface StreamOptions {
  readonly slot: string;
  readonly publication: string;
  /** Where to begin; Postgres silently moves an older one forward to the slot's confirmed position. */
  readonly startLsn?: bigint;
}

/** What `IDENTIFY_SYSTEM` says. */
export interface SystemIdentity {
  readonly systemId: string;
  readonly timeline: number;
  readonly current: bigint;
}

export type StreamMessage =
  PgoutputMessage | { readonly kind: 'keepalive'; readonly walEnd: bigint; readonly replyRequested: boolean };

export interface StreamBatch {
  /** At least one, in the server's order. */
  readonly messages: readonly StreamMessage[];
  /** Nothing more is here at the moment. */
  readonly idle: boolean;
}

/** Bytes of input after which a batch is handed over although more is there. */
const BATCH = 256 * 1024;
/** Microseconds from the Unix epoch to Postgres's. */
const EPOCH = 946_684_800_000_000n;

/**
 * Starts logical replication by the streaming protocol
 * (https://www.postgresql.org/docs/current/protocol-replication.html).
 *
 * @throws {UrlError} the URL leads to a connection pooler
 * @throws {PgError} no such slot or publication, slot in use (55006), role may not replicate (42501)
 */
export async function openReplicationStream(
  connect: Connect,
  url: string,
  { slot, publication, startLsn = 0n }: StreamOptions,
): Promise<ReplicationStream> {
  const options = parseUrl(url);
  refusePooler(options);
  const connection = await PgConnection.open(connect, options, { replication: true });
  try {
    const [row] = (await connection.simple('IDENTIFY_SYSTEM')).rows;
    const [systemId, timeline, current] = row ?? [];
    const identity = { systemId: systemId ?? '', timeline: Number(timeline), current: parseLsn(current ?? '0/0') };
    const channel = await connection.startCopyBoth(
      `START_REPLICATION SLOT ${quoteIdentifier(slot)} LOGICAL ${formatLsn(startLsn)} ` +
        `(proto_version '1', publication_names ${quoteLiteral(quoteIdentifier(publication))}, messages 'true')`,
    );
    return new ReplicationStream(connection, channel, identity, startLsn);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** An open stream of changes. One reader; acknowledging is the reader's decision alone. */
export class ReplicationStream {
  readonly identity: SystemIdentity;
  readonly #connection: PgConnection;
  readonly #channel: Channel;
  readonly #decoder = new PgoutputDecoder();
  #acknowledged: bigint;

  constructor(connection: PgConnection, channel: Channel, identity: SystemIdentity, acknowledged: bigint) {
    this.#connection = connection;
    this.#channel = channel;
    this.identity = identity;
    this.#acknowledged = acknowledged;
  }

  /**
   * Waits for messages and takes all that are here.
   *
   * A keepalive that asks for an answer gets one with what was acknowledged so far and never more, whatever the
   * server's own position: what is read is not yet durable.
   *
   * @throws {ConnectionLostError} @throws {PgError} the server ended the stream @throws {DecodeError}
   */
  async read(): Promise<StreamBatch> {
    const messages: StreamMessage[] = [];
    let bytes = 0;
    let asked = false;
    for (;;) {
      const frame = bytes < BATCH ? this.#channel.poll() : null;
      if (frame === null) {
        if (messages.length > 0) {
          if (asked) await this.#report(false);
          return { messages, idle: bytes < BATCH };
        }
        await this.#channel.fill();
        continue;
      }
      const decoded = this.#decode(frame);
      if (decoded === null) continue;
      if (decoded.kind === 'keepalive' && decoded.replyRequested) asked = true;
      messages.push(decoded);
      bytes += frame.body.length;
    }
  }

  /**
   * Tells the server that everything up to here is durable on our side; it may then forget it.
   *
   * @param lsn  the end LSN of a transaction, or a keepalive's position in idle times
   */
  async acknowledge(lsn: bigint): Promise<void> {
    if (lsn > this.#acknowledged) this.#acknowledged = lsn;
    await this.#report(false);
  }

  /** Asks the server for a sign of life: it answers with a keepalive. */
  async probe(): Promise<void> {
    await this.#report(true);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #decode({ type, body }: Frame): StreamMessage | null {
    if (type === 0x45) throw readErrorResponse(body);
    if (type === 0x63) throw new ProtocolError('The server ended the replication stream');
    if (type !== 0x64) return null;
    if (body[0] === 0x77) return this.#decoder.decode(body.subarray(25));
    if (body[0] !== 0x6b || body.length < 18) throw new ProtocolError('Neither WAL data nor a keepalive');
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    return { kind: 'keepalive', walEnd: view.getBigUint64(1), replyRequested: body[17] === 1 };
  }

  /** Standby status update: written, flushed and applied are one and the same here. */
  async #report(replyRequested: boolean): Promise<void> {
    const body = new Uint8Array(34);
    const view = new DataView(body.buffer);
    body[0] = 0x72;
    view.setBigUint64(1, this.#acknowledged);
    view.setBigUint64(9, this.#acknowledged);
    view.setBigUint64(17, this.#acknowledged);
    view.setBigInt64(25, BigInt(Date.now()) * 1000n - EPOCH);
    body[33] = replyRequested ? 1 : 0;
    await this.#channel.write(message('d', body));
  }
}

/** @throws {ProtocolError} not an LSN */
export function parseLsn(text: string): bigint {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (!match) throw new ProtocolError(`'${text}' is not an LSN`);
  return (BigInt(`0x${match[1] ?? ''}`) << 32n) | BigInt(`0x${match[2] ?? ''}`);
}

export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;

const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
