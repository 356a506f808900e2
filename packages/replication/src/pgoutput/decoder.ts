import { DecodeError } from '../errors.ts';
import { readAnnouncement, readType } from './announcements.ts';
import { Cursor } from './cursor.ts';
import type { PgoutputMessage } from './messages.ts';
import { readLogicalMessage, readTruncate } from './other-changes.ts';
import { Relations } from './relations.ts';
import { readDelete, readInsert, readUpdate } from './rows.ts';
import { readStreamAbort, readStreamCommit, readStreamStart, readStreamStop } from './streams.ts';
import { readBegin, readCommit, readOrigin } from './transactions.ts';

/**
 * Decodes pgoutput messages of protocol versions 1 and 2. It remembers what the server announced on this connection:
 * relations, before their first use and again whenever their layout changed, and streamed transactions. A new
 * connection needs a new decoder; one that threw is of no more use.
 */
export class PgoutputDecoder {
  readonly #cursor = new Cursor();
  readonly #relations = new Relations();

  /**
   * @param bytes  the payload of one XLogData message; the result keeps no view of it
   * @throws {DecodeError} the bytes are not a message of these versions, or it cannot come here
   */
  decode(bytes: Uint8Array): PgoutputMessage {
    const cursor = this.#cursor;
    cursor.open(bytes);
    try {
      const message = read(cursor, this.#relations);
      cursor.end();
      return message;
    } finally {
      cursor.close();
    }
  }
}

function read(c: Cursor, relations: Relations): PgoutputMessage {
  const type = c.uint8();
  switch (type) {
    case 0x49: // I
      return readInsert(c, relations);
    case 0x55: // U
      return readUpdate(c, relations);
    case 0x44: // D
      return readDelete(c, relations);
    case 0x42: // B
      return readBegin(c, relations);
    case 0x43: // C
      return readCommit(c, relations);
    case 0x4f: // O
      return readOrigin(c);
    case 0x52: // R
      return readAnnouncement(c, relations);
    case 0x59: // Y
      return readType(c, relations);
    case 0x54: // T
      return readTruncate(c, relations);
    case 0x4d: // M
      return readLogicalMessage(c, relations);
    case 0x53: // S
      return readStreamStart(c, relations);
    case 0x45: // E
      return readStreamStop(c, relations);
    case 0x63: // c
      return readStreamCommit(c, relations);
    case 0x41: // A
      return readStreamAbort(c, relations);
    default:
      throw new DecodeError(`Unknown message type 0x${type.toString(16)}`, 0);
  }
}
