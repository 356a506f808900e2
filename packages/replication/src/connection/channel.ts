import { ConnectionLostError, type PgErrorFields } from '../errors.ts';
import type { ByteSocket } from '../socket.ts';
import { readNotice } from './error-response.ts';
import { FrameReader, type Frame } from './frames.ts';
import { FROM_SERVER } from './message-types.ts';

export interface ChannelOptions {
  /** Told of each NoticeResponse, in its place between the other messages, which readers never see themselves. */
  readonly onNotice?: (notice: PgErrorFields) => void;
  /** Bytes above which a message is refused; 1 GB, which Postgres does not exceed, unless given. */
  readonly longestMessage?: number;
}

/** Messages over a socket. Once it failed it stays failed: every later call says why. */
export class Channel {
  readonly #socket: ByteSocket;
  readonly #frames: FrameReader;
  readonly #onNotice: ((notice: PgErrorFields) => void) | undefined;
  #lost: ConnectionLostError | null = null;

  constructor(socket: ByteSocket, { onNotice, longestMessage }: ChannelOptions = {}) {
    this.#socket = socket;
    this.#frames = new FrameReader(longestMessage);
    this.#onNotice = onNotice;
  }

  get closed(): boolean {
    return this.#lost !== null;
  }

  /** A message that is here already. */
  poll(): Frame | null {
    for (;;) {
      const frame = this.#frames.next();
      if (frame?.type !== FROM_SERVER.noticeResponse) return frame;
      this.#onNotice?.(readNotice(frame.body));
    }
  }

  /** Bytes that are here and not cut yet. */
  get buffered(): number {
    return this.#frames.buffered;
  }

  /** The next message; its body is valid until the next call. @throws {ConnectionLostError} */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.poll();
      if (frame) return frame;
      await this.fill();
    }
  }

  /** Waits for more bytes. @throws {ConnectionLostError} */
  async fill(): Promise<void> {
    this.#check();
    let chunk: Uint8Array | null;
    try {
      chunk = await this.#socket.read();
    } catch (error) {
      throw this.#fail(error);
    }
    this.#check();
    if (chunk === null) throw this.#fail('Postgres closed the connection');
    this.#frames.push(chunk);
  }

  /** @throws {ConnectionLostError} */
  async write(bytes: Uint8Array): Promise<void> {
    this.#check();
    try {
      await this.#socket.write(bytes);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async close(reason = 'The connection was closed here'): Promise<void> {
    this.#lost ??= new ConnectionLostError(reason);
    await this.#socket.close();
  }

  #check(): void {
    if (this.#lost) throw this.#lost;
  }

  #fail(cause: unknown): ConnectionLostError {
    this.#lost ??=
      typeof cause === 'string'
        ? new ConnectionLostError(cause)
        : new ConnectionLostError('The connection to Postgres broke', { cause });
    return this.#lost;
  }
}
