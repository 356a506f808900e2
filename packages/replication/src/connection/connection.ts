import { ConnectionLostError, PgError, ProtocolError } from '../errors.ts';
import type { Connect } from '../socket.ts';
import { parseUrl, type ConnectionOptions } from '../url.ts';
import { readResult, streamCopy, streamRows, type QueryResult, type Streamed } from './answer.ts';
import type { Channel, ChannelOptions } from './channel.ts';
import { readErrorResponse } from './error-response.ts';
import { FROM_SERVER } from './message-types.ts';
import { cancel, startUp, type BackendKey } from './startup.ts';
import { extendedQuery, simpleQuery, type Statement } from './statement.ts';
import { message } from './writer.ts';

export interface OpenOptions extends ChannelOptions {
  /** Opens a walsender that also speaks SQL (https://www.postgresql.org/docs/current/protocol-replication.html). */
  readonly replication?: boolean;
}

/**
 * One connection to Postgres, one statement at a time.
 *
 * Parameters go as text and values come back as text, exactly as Postgres prints them.
 */
export class PgConnection {
  readonly #connect: Connect;
  readonly #options: ConnectionOptions;
  readonly #channel: Channel;
  readonly #key: BackendKey;
  #busy = false;

  private constructor(connect: Connect, options: ConnectionOptions, channel: Channel, key: BackendKey) {
    this.#connect = connect;
    this.#options = options;
    this.#channel = channel;
    this.#key = key;
  }

  /**
   * @param target  a URL, or its parts
   * @throws {PgError} the server refuses  @throws {ConnectionLostError} nothing answers  @throws {UrlError}
   */
  static async open(
    connect: Connect,
    target: string | ConnectionOptions,
    open: OpenOptions = {},
  ): Promise<PgConnection> {
    const options = typeof target === 'string' ? parseUrl(target) : target;
    const parameters: Record<string, string> = open.replication ? { replication: 'database' } : {};
    const { channel, key } = await startUp(connect, options, parameters, open);
    return new PgConnection(connect, options, channel, key);
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  /** The messages below, for the replication stream that takes the connection over. */
  get channel(): Channel {
    return this.#channel;
  }

  /**
   * Runs one statement by the extended protocol.
   *
   * @param params  in text format; null is NULL
   * @throws {PgError} and the connection stays usable  @throws {ConnectionLostError}
   */
  async query(sql: string, params: readonly (string | null)[] = []): Promise<QueryResult> {
    return this.#exclusive(extendedQuery(sql, params));
  }

  /**
   * Runs one statement as {@link query} does and yields its rows in pieces: what one read of the socket brought, at most
   * about 64 KiB of it. Nothing is read while the caller is busy with a piece, which holds the server back. Ending early
   * closes the connection, and with it the statement.
   *
   * @throws {PgError} after the rows before it, and the connection stays usable  @throws {ConnectionLostError}
   */
  rows(sql: string, params: readonly (string | null)[] = []): AsyncGenerator<readonly (readonly (string | null)[])[]> {
    return this.#stream(extendedQuery(sql, params), streamRows);
  }

  /** Runs SQL by the simple protocol: several statements, or a replication command. The last result counts. */
  async simple(sql: string): Promise<QueryResult> {
    return this.#exclusive(simpleQuery(sql));
  }

  /** Runs `COPY … TO STDOUT` and yields its bytes in pieces, as {@link rows} does. */
  copyOut(sql: string): AsyncGenerator<Uint8Array> {
    return this.#stream(simpleQuery(sql), streamCopy);
  }

  /** Sends a command that switches to COPY BOTH; the caller then owns the channel. @throws {PgError} */
  async startCopyBoth(command: string): Promise<Channel> {
    this.#take();
    await this.#channel.write(simpleQuery(command).bytes);
    for (;;) {
      const { type, body } = await this.#channel.next();
      if (type === FROM_SERVER.copyBothResponse) return this.#channel;
      if (type === FROM_SERVER.errorResponse) throw readErrorResponse(body);
      if (type === FROM_SERVER.readyForQuery) throw new ProtocolError('The server did not start replication');
    }
  }

  /** Asks the server, over another socket, to cancel the running statement; it then fails with 57014. */
  async cancel(): Promise<void> {
    await cancel(this.#connect, this.#options, this.#key);
  }

  /** Says goodbye if that is still possible; never throws. */
  async close(): Promise<void> {
    if (this.closed) return;
    try {
      await this.#channel.write(message('X'));
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
    }
    await this.#channel.close();
  }

  #take(): void {
    if (this.#busy) throw new Error('A connection runs one statement at a time');
    this.#busy = true;
  }

  async #exclusive(statement: Statement): Promise<QueryResult> {
    this.#take();
    let inStep = false;
    try {
      await this.#channel.write(statement.bytes);
      const result = await readResult(this.#channel, statement);
      inStep = true;
      return result;
    } catch (error) {
      inStep = error instanceof PgError;
      throw error;
    } finally {
      await this.#release(inStep);
    }
  }

  async *#stream<T>(statement: Statement, read: Streamed<T>): AsyncGenerator<T> {
    this.#take();
    let inStep = false;
    try {
      await this.#channel.write(statement.bytes);
      yield* read(this.#channel, statement);
      inStep = true;
    } catch (error) {
      inStep = error instanceof PgError;
      throw error;
    } finally {
      await this.#release(inStep);
    }
  }

  /** Where ReadyForQuery was not reached, what comes next would be taken for the answer to another statement. */
  async #release(inStep: boolean): Promise<void> {
    this.#busy = false;
    if (!inStep) await this.close();
  }
}
