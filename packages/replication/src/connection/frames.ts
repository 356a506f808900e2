import { ProtocolError } from '../errors.ts';

/** One message of the server: its type byte and its body, a view that is valid until more bytes are pushed. */
export interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Bytes. Postgres itself makes no longer message. */
const LONGEST = 1 << 30;

const HEADER = 5;

/**
 * Cuts the server's bytes into messages; copies only what a chunk ends in the middle of.
 *
 * A message that comes in many chunks is gathered in a buffer that doubles, and never beyond the message: copying takes
 * time in proportion to its length, and a length that is a lie costs no memory before the bytes come.
 */
export class FrameReader {
  readonly #longest: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** @param longest  bytes after the type byte above which a message is refused */
  constructor(longest = LONGEST) {
    this.#longest = longest;
  }

  /** Bytes not yet cut. */
  get buffered(): number {
    return this.#end - this.#at;
  }

  /** Adds bytes, which now belong to the reader. */
  push(chunk: Uint8Array): void {
    const rest = this.buffered;
    if (rest === 0) {
      [this.#buffer, this.#at, this.#end] = [chunk, 0, chunk.length];
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = rest + chunk.length;
      const message = rest < HEADER ? Infinity : 1 + readUint32(this.#buffer, this.#at + 1);
      const larger = new Uint8Array(Math.max(needed, Math.min(2 * needed, message)));
      larger.set(this.#buffer.subarray(this.#at, this.#end));
      [this.#buffer, this.#at, this.#end] = [larger, 0, rest];
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** @returns null when the next message is not whole yet; @throws {ProtocolError} on an impossible length */
  next(): Frame | null {
    const at = this.#at;
    if (this.buffered < HEADER) return null;
    const length = readUint32(this.#buffer, at + 1);
    if (length < 4) throw new ProtocolError(`A message cannot be ${length} bytes long`);
    if (length > this.#longest) {
      throw new ProtocolError(
        `A message of ${length} bytes is longer than the ${this.#longest} that are accepted here`,
      );
    }
    const end = at + 1 + length;
    if (this.#end < end) return null;
    this.#at = end;
    return { type: this.#buffer[at] as number, body: this.#buffer.subarray(at + HEADER, end) };
  }
}

/** Big-endian, without the allocation of a DataView. */
export const readUint32 = (b: Uint8Array, at: number): number =>
  (((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) >>>
  0;
