import type { Channel } from '../connection/channel.ts';
import { PgConnection } from '../connection/connection.ts';
import { readErrorResponse } from '../connection/error-response.ts';
import type { Frame } from '../connection/frames.ts';
import { FROM_SERVER } from '../connection/message-types.ts';
import { message } from '../connection/writer.ts';
import { ProtocolError, type PgErrorFields } from '../errors.ts';
import { formatLsn, parseLsn } from '../lsn.ts';
import { PgoutputDecoder } from '../pgoutput/decoder.ts';
import type { PgoutputMessage } from '../pgoutput/messages.ts';
import type { Connect } from '../socket.ts';
import { parseUrl, refusePooler } from '../url.ts';
import type { ChangeSource, SourceBatch, SourceOptions } from './change-source.ts';
import { readWalsenderMessage, statusUpdate } from './copy-both.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';

export interface StreamOptions extends SourceOptions {
  /** Where to begin; Postgres silently moves an older one forward to the slot's confirmed position. */
  readonly startLsn?: bigint;
  /** Values in their binary form instead of as Postgres prints them. */
  readonly binary?: boolean;
  /**
   * Transactions larger than the server's `logical_decoding_work_mem` come in blocks while they are open (protocol
   * version 2). Without, they wait on the server's disk for their commit.
   *
   * A logical message in such a block always has the xid of the whole transaction: one of a subtransaction that is
   * rolled back later cannot be taken back.
   */
  readonly streaming?: boolean;
  /**
   * Told what the server says beside the changes. It must be listened to: since version 18 a server whose publication
   * was dropped goes on without its changes, and says so only here (`skipped loading publication`).
   */
  readonly onNotice?: (notice: PgErrorFields) => void;
}

/** What `IDENTIFY_SYSTEM` says. */
export interface SystemIdentity {
  readonly systemId: string;
  readonly timeline: number;
  /** The server's flush position. */
  readonly current: bigint;
}

/** Bytes of input after which a batch is handed over although more is there. */
const BATCH = 256 * 1024;
const COPY_DONE = 0x63;

/**
 * Starts logical replication by the streaming protocol
 * (https://www.postgresql.org/docs/current/protocol-replication.html).
 *
 * @throws {UrlError} the URL leads to a connection pooler
 * @throws {PgError} no such slot (42704), slot in use (55006), role may not replicate (42501)
 */
export async function openStream(connect: Connect, url: string, options: StreamOptions): Promise<StreamSource> {
  const { onNotice, startLsn = 0n } = options;
  const target = parseUrl(url);
  refusePooler(target);
  const connection = await PgConnection.open(connect, target, { replication: true, ...(onNotice && { onNotice }) });
  try {
    const [row] = (await connection.simple('IDENTIFY_SYSTEM')).rows;
    const [systemId, timeline, current] = row ?? [];
    const identity = { systemId: systemId ?? '', timeline: Number(timeline), current: parseLsn(current ?? '') };
    const channel = await connection.startCopyBoth(startCommand(options));
    return new StreamSource(connection, channel, identity, startLsn);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function startCommand({ slot, publication, startLsn = 0n, binary = false, streaming = true }: StreamOptions): string {
  const settings = [
    `proto_version '${streaming ? 2 : 1}'`,
    `publication_names ${quoteLiteral(quoteIdentifier(publication))}`,
    `messages 'true'`,
    ...(streaming ? [`streaming 'on'`] : []),
    ...(binary ? [`binary 'true'`] : []),
  ];
  return `START_REPLICATION SLOT ${quoteIdentifier(slot)} LOGICAL ${formatLsn(startLsn)} (${settings.join(', ')})`;
}

/** What one {@link StreamSource.read} has gathered so far. */
interface Gathered {
  readonly messages: PgoutputMessage[];
  bytes: number;
  walEnd: bigint;
  replyRequested: boolean;
}

/** An open stream of changes: the server sends them as they commit. */
export class StreamSource implements ChangeSource {
  readonly kind = 'stream';
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
   * Waits until the server says something and takes all that is here. `walEnd` is the position of its newest keepalive:
   * it sends one only when it has decoded up to there and sent what committed below. A transaction still open commits
   * later and is sent whole again, streamed blocks included.
   *
   * A keepalive that asks for an answer gets one with what was acknowledged so far and never more, whatever the
   * server's own position: what is read is not yet durable.
   */
  async read(): Promise<SourceBatch> {
    const gathered: Gathered = { messages: [], bytes: 0, walEnd: 0n, replyRequested: false };
    let frame = this.#channel.poll();
    for (; frame === null; frame = this.#channel.poll()) await this.#channel.fill();
    // Nothing is waited for from here on: the channel reuses the bytes of what it cut.
    for (; frame !== null; frame = gathered.bytes < BATCH ? this.#channel.poll() : null) this.#take(frame, gathered);
    if (gathered.replyRequested) await this.#report(false);
    const { messages, bytes, walEnd } = gathered;
    // The rest of a message that was cut off is on its way.
    return { messages, bytes, idle: bytes < BATCH && this.#channel.buffered === 0, walEnd };
  }

  async acknowledge(lsn: bigint): Promise<void> {
    if (lsn > this.#acknowledged) this.#acknowledged = lsn;
    await this.#report(false);
  }

  /** Repeats what was acknowledged, so that `wal_sender_timeout` does not end the stream during long work. */
  async keepAlive(): Promise<void> {
    await this.#report(false);
  }

  /** The server answers with a keepalive. */
  async probe(): Promise<void> {
    await this.#report(true);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #take({ type, body }: Frame, gathered: Gathered): void {
    gathered.bytes += body.length;
    switch (type) {
      case FROM_SERVER.copyData: {
        const said = readWalsenderMessage(body);
        if (said.kind === 'data') {
          gathered.messages.push(this.#decoder.decode(said.payload));
        } else {
          if (said.walEnd > gathered.walEnd) gathered.walEnd = said.walEnd;
          if (said.replyRequested) gathered.replyRequested = true;
        }
        return;
      }
      case FROM_SERVER.errorResponse:
        throw readErrorResponse(body);
      case COPY_DONE:
        throw new ProtocolError('The server ended the replication stream. Open it again.');
      default: // ParameterStatus, when the server's configuration is loaded again
    }
  }

  async #report(replyRequested: boolean): Promise<void> {
    await this.#channel.write(message('d', statusUpdate(this.#acknowledged, Date.now(), replyRequested)));
  }
}
