import { DecodeError } from '../errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Below this many bytes, ASCII is faster to read by hand than through a TextDecoder. */
const SHORT = 48;

/** Reads big-endian fields one after the other; never past the end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#at;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  uint16(): number {
    const at = this.#take(2);
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  int32(): number {
    const at = this.#take(4);
    const b = this.#bytes;
    return (
      ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)
    );
  }

  uint64(): bigint {
    const high = this.uint32();
    return (BigInt(high) << 32n) | BigInt(this.uint32());
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** A zero-terminated string. */
  cstring(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new DecodeError('A string has no end', this.#at);
    const value = this.text(end - this.#at);
    this.#at = end + 1;
    return value;
  }

  /** @param length  bytes of UTF-8 */
  text(length: number): string {
    const start = this.#take(length);
    const end = start + length;
    if (length <= SHORT) {
      let out = '';
      for (let i = start; i < end; i++) {
        const byte = this.#bytes[i] as number;
        if (byte > 127) return this.#decode(start, end);
        out += String.fromCharCode(byte);
      }
      return out;
    }
    return this.#decode(start, end);
  }

  /** A copy of the next bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  /** @throws {DecodeError} bytes are left over */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new DecodeError(`${this.#bytes.length - this.#at} bytes too many`, this.#at);
    }
  }

  #decode(start: number, end: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      throw new DecodeError('A value is not UTF-8', start);
    }
  }

  #take(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length) throw new DecodeError(`${length} bytes expected`, at);
    this.#at = at + length;
    return at;
  }
}
