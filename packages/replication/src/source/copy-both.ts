import { ProtocolError } from '../errors.ts';

/** What one CopyData of the walsender carries. */
export type WalsenderMessage =
  | { readonly kind: 'data'; readonly payload: Uint8Array }
  | { readonly kind: 'keepalive'; readonly walEnd: bigint; readonly replyRequested: boolean };

/** Bytes of an XLogData's head: its letter, two positions and a time, which logical decoding does not need. */
const DATA_HEAD = 25;
const KEEPALIVE_LENGTH = 18;
/** Microseconds from the Unix epoch to Postgres's. */
const EPOCH = 946_684_800_000_000n;

/**
 * Reads XLogData or a keepalive (https://www.postgresql.org/docs/current/protocol-replication.html).
 *
 * @returns a payload that is a view of `body`
 * @throws {ProtocolError} neither of the two
 */
export function readWalsenderMessage(body: Uint8Array): WalsenderMessage {
  if (body[0] === 0x77 && body.length > DATA_HEAD) return { kind: 'data', payload: body.subarray(DATA_HEAD) };
  if (body[0] !== 0x6b || body.length !== KEEPALIVE_LENGTH) {
    throw new ProtocolError('The server sent neither WAL data nor a keepalive');
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return { kind: 'keepalive', walEnd: view.getBigUint64(1), replyRequested: body[17] === 1 };
}

/**
 * The body of a standby status update: written, flushed and applied are one and the same here.
 *
 * @param acknowledged  everything that commits below is durable on our side
 * @param now  milliseconds since the Unix epoch
 * @param replyRequested  asks for a keepalive
 */
export function statusUpdate(acknowledged: bigint, now: number, replyRequested: boolean): Uint8Array {
  const body = new Uint8Array(34);
  const view = new DataView(body.buffer);
  body[0] = 0x72;
  view.setBigUint64(1, acknowledged);
  view.setBigUint64(9, acknowledged);
  view.setBigUint64(17, acknowledged);
  view.setBigInt64(25, BigInt(now) * 1000n - EPOCH);
  body[33] = replyRequested ? 1 : 0;
  return body;
}
