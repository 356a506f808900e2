import { ConnectionLostError, PgError, ProtocolError } from '../errors.ts';
import type { Connect } from '../socket.ts';
import { parseUrl, type ConnectionOptions } from '../url.ts';
import type { Channel } from './channel.ts';
import { readErrorResponse } from './error-response.ts';
import { readUint32, type Frame } from './frames.ts';
import { cancel, startUp, type BackendKey } from './startup.ts';
import { concat, cstring, int16, int32, message, text } from './writer.ts';

/** A result column. */
export interface Column {
  readonly name: string;
  readonly typeOid: number;
}

/** A result with all values as Postgres prints them. */
export interface QueryResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Command tag, such as `UPDATE 3`. */
  readonly command: string;
}

export interface OpenOptions {
  /** Opens a walsender that also speaks SQL (https://www.postgresql.org/docs/current/protocol-replication.html). */
  readonly replication?: boolean;
}

const decoder = new TextDecoder();
/** COPY data is handed on in pieces of about this many bytes while more is there. */
const COPY_PIECE = 64 * 1024;

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
    const { channel, key } = await startUp(connect, options, parameters);
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
    const values = params.map((value) => (value === null ? int32(-1) : withLength(text(value))));
    return this.#exclusive(async () => {
      await this.#channel.write(
        concat(
          message('P', cstring(''), cstring(sql), int16(0)),
          message('B', cstring(''), cstring(''), int16(0), int16(params.length), ...values, int16(0)),
          message('D', text('P'), cstring('')),
          message('E', cstring(''), int32(0)),
          message('S'),
        ),
      );
      return this.#readResult();
    });
  }

  /** Runs SQL by the simple protocol: several statements, or a replication command. The last result counts. */
  async simple(sql: string): Promise<QueryResult> {
    return this.#exclusive(async () => {
      await this.#channel.write(message('Q', cstring(sql)));
      return this.#readResult();
    });
  }

  /** Runs `COPY … TO STDOUT` and yields its bytes; ending early cancels the statement. */
  async *copyOut(sql: string): AsyncGenerator<Uint8Array> {
    this.#take();
    let done = false;
    try {
      await this.#channel.write(message('Q', cstring(sql)));
      let error: PgError | null = null;
      let pieces: Uint8Array[] = [];
      let size = 0;
      for (;;) {
        const frame = this.#channel.poll();
        if (frame === null) {
          if (size > 0) {
            yield concat(...pieces);
            [pieces, size] = [[], 0];
          }
          await this.#channel.fill();
          continue;
        }
        if (frame.type === 0x64) {
          pieces.push(frame.body);
          size += frame.body.length;
          if (size < COPY_PIECE) continue;
        } else if (frame.type === 0x45) error = readErrorResponse(frame.body);
        else if (frame.type === 0x5a) done = true;
        if (size > 0) {
          yield concat(...pieces);
          [pieces, size] = [[], 0];
        }
        if (!done) continue;
        if (error) throw error;
        return;
      }
    } finally {
      this.#busy = false;
      if (!done && !this.closed) await this.close();
    }
  }

  /** Sends a command that switches to COPY BOTH; the caller then owns the channel. @throws {PgError} */
  async startCopyBoth(command: string): Promise<Channel> {
    this.#take();
    await this.#channel.write(message('Q', cstring(command)));
    for (;;) {
      const { type, body } = await this.#channel.next();
      if (type === 0x57) return this.#channel;
      if (type === 0x45) throw readErrorResponse(body);
      if (type === 0x5a) throw new ProtocolError('The server did not start replication');
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

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#take();
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  async #readResult(): Promise<QueryResult> {
    let columns: Column[] = [];
    let rows: (string | null)[][] = [];
    let command = '';
    let error: PgError | null = null;
    for (;;) {
      const frame = await this.#channel.next();
      switch (frame.type) {
        case 0x54: // RowDescription
          columns = readColumns(frame);
          rows = [];
          break;
        case 0x44: // DataRow
          rows.push(readDataRow(frame));
          break;
        case 0x43: // CommandComplete
          command = decoder.decode(frame.body.subarray(0, -1));
          break;
        case 0x45: // ErrorResponse
          error = readErrorResponse(frame.body);
          if (error.severity === 'FATAL' || error.severity === 'PANIC') {
            await this.#channel.close(error.message);
            throw error;
          }
          break;
        case 0x47: // CopyInResponse: this call has nothing to send
          await this.#channel.write(message('f', cstring('COPY FROM STDIN is not available here')));
          break;
        case 0x5a: // ReadyForQuery
          if (error) throw error;
          return { columns, rows, command };
        default:
          break; // ParseComplete, BindComplete, NoData, NoticeResponse, ParameterStatus, NotificationResponse
      }
    }
  }
}

const withLength = (bytes: Uint8Array): Uint8Array => concat(int32(bytes.length), bytes);

function readColumns({ body }: Frame): Column[] {
  const columns: Column[] = [];
  let at = 2;
  while (at < body.length) {
    const end = body.indexOf(0, at);
    if (end < 0) throw new ProtocolError('A row description breaks off');
    columns.push({ name: decoder.decode(body.subarray(at, end)), typeOid: readUint32(body, end + 7) });
    at = end + 19;
  }
  return columns;
}

function readDataRow({ body }: Frame): (string | null)[] {
  const row: (string | null)[] = [];
  let at = 2;
  while (at < body.length) {
    const length = readUint32(body, at) | 0;
    at += 4;
    if (length < 0) {
      row.push(null);
    } else {
      row.push(decoder.decode(body.subarray(at, at + length)));
      at += length;
    }
  }
  return row;
}
