import { ConnectionLostError } from '../errors.ts';
import type { ByteSocket } from '../socket.ts';
import { FrameReader, type Frame } from './frames.ts';

/** Messages over a socket. Once it failed it stays failed: every later call says why. */
export class Channel {
  #socket: ByteSocket;
  readonly #frames = new FrameReader();
  #lost: ConnectionLostError | null = null;

  constructor(socket: ByteSocket) {
    this.#socket = socket;
  }

  get closed(): boolean {
    return this.#lost !== null;
  }

  /** A message that is here already. */
  poll(): Frame | null {
    return this.#frames.next();
  }

  /** Bytes that are here and not cut yet. */
  get buffered(): number {
    return this.#frames.buffered;
  }

  /** The next message; its body is valid until the next call. @throws {ConnectionLostError} */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.next();
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
