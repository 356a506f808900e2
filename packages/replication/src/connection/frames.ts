import { ProtocolError } from '../errors.ts';

/** One message of the server: its type byte and its body, a view that is valid until more bytes are pushed. */
export interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Longest message that is believed: Postgres itself stops at 1 GB. */
const MAX_LENGTH = 1 << 30;

/** Cuts the server's bytes into messages; copies only what a chunk ends in the middle of. */
export class FrameReader {
  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Bytes not yet cut. */
  get buffered(): number {
    return this.#buffer.length - this.#at;
  }

  /** Adds bytes, which now belong to the reader. */
  push(chunk: Uint8Array): void {
    const rest = this.buffered;
    if (rest === 0) {
      this.#buffer = chunk;
    } else {
      const joined = new Uint8Array(rest + chunk.length);
      joined.set(this.#buffer.subarray(this.#at));
      joined.set(chunk, rest);
      this.#buffer = joined;
    }
    this.#at = 0;
  }

  /** @returns null when the next message is not whole yet; @throws {ProtocolError} on an impossible length */
  next(): Frame | null {
    const buffer = this.#buffer;
    const at = this.#at;
    if (buffer.length - at < 5) return null;
    const length = readUint32(buffer, at + 1);
    if (length < 4 || length > MAX_LENGTH) throw new ProtocolError(`A message cannot be ${length} bytes long`);
    const end = at + 1 + length;
    if (buffer.length < end) return null;
    this.#at = end;
    return { type: buffer[at] as number, body: buffer.subarray(at + 5, end) };
  }
}

/** Big-endian, without the allocation of a DataView. */
export const readUint32 = (b: Uint8Array, at: number): number =>
  (((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) >>>
  0;
