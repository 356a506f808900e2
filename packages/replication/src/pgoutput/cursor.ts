import { DecodeError } from '../errors.ts';
import { readText } from './text.ts';

const EMPTY = new Uint8Array(0);
/** Joins two halves to one 64-bit number, with one allocation instead of four. */
const halves = new DataView(new ArrayBuffer(8));

/**
 * Reads big-endian fields of one message after the other; never past its end. One cursor serves all messages of a
 * decoder, so that a row costs none.
 */
export class Cursor {
  #bytes: Uint8Array = EMPTY;
  #at = 0;

  /** Begins with another message. */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** Lets go of the message: a cursor that is kept must not keep the network's buffer. */
  close(): void {
    this.#bytes = EMPTY;
  }

  get offset(): number {
    return this.#at;
  }

  /** Bytes that were not read. */
  get left(): number {
    return this.#bytes.length - this.#at;
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
    halves.setInt32(0, this.int32());
    halves.setInt32(4, this.int32());
    return halves.getBigUint64(0);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /**
   * A byte of flags.
   *
   * @param known  the bits that may be set
   * @throws {DecodeError} another bit is set: what it would mean is unknown
   */
  flags(known: number): number {
    const flags = this.uint8();
    if ((flags & ~known) !== 0) throw new DecodeError(`Unknown flags 0x${flags.toString(16)}`, this.#at - 1);
    return flags;
  }

  /** A length that is followed by as many bytes of UTF-8. */
  text(): string {
    const start = this.#sized();
    return readText(this.#bytes, start, this.#at);
  }

  /** A length that is followed by as many bytes; a copy of these. */
  bytes(): Uint8Array {
    const start = this.#sized();
    // Not `slice`: a Buffer's gives a view.
    const copy = new Uint8Array(this.#at - start);
    copy.set(this.#bytes.subarray(start, this.#at));
    return copy;
  }

  /** A zero-terminated string. */
  cstring(): string {
    const start = this.#at;
    const end = this.#bytes.indexOf(0, start);
    if (end < 0) throw new DecodeError('A string has no end', start);
    this.#at = end + 1;
    return readText(this.#bytes, start, end);
  }

  /** @throws {DecodeError} bytes are left over */
  end(): void {
    if (this.left !== 0) throw new DecodeError(`${this.left} bytes too many`, this.#at);
  }

  #sized(): number {
    const at = this.#at;
    const length = this.int32();
    if (length < 0) throw new DecodeError(`A length of ${length}`, at);
    return this.#take(length);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw new DecodeError(`${length} bytes expected`, at);
    this.#at = at + length;
    return at;
  }
}
