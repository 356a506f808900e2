import { ProtocolError, type PgError } from '../errors.ts';
import type { Channel } from './channel.ts';
import { readErrorResponse } from './error-response.ts';
import { FROM_SERVER } from './message-types.ts';
import { readColumns, readDataRow, type Column } from './row.ts';
import type { Statement } from './statement.ts';
import { concat } from './writer.ts';

/** A result with all values as Postgres prints them. */
export interface QueryResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Command tag, such as `UPDATE 3`. */
  readonly command: string;
}

/** Rows and COPY data are handed on in pieces of about this many bytes of input while more is there. */
const PIECE = 64 * 1024;

const decoder = new TextDecoder();

/** Reads everything up to ReadyForQuery and keeps the last result. @throws {PgError} @throws {ConnectionLostError} */
export async function readResult(channel: Channel, { refuseCopy }: Statement): Promise<QueryResult> {
  let columns: Column[] = [];
  let rows: (string | null)[][] = [];
  let command = '';
  let error: PgError | null = null;
  for (;;) {
    const { type, body } = await channel.next();
    switch (type) {
      case FROM_SERVER.rowDescription:
        columns = readColumns(body);
        rows = [];
        break;
      case FROM_SERVER.dataRow:
        rows.push(readDataRow(body));
        break;
      case FROM_SERVER.commandComplete:
        command = decoder.decode(body.subarray(0, -1));
        break;
      case FROM_SERVER.errorResponse:
        error = await readError(channel, body);
        break;
      case FROM_SERVER.copyInResponse:
        await channel.write(refuseCopy);
        break;
      case FROM_SERVER.copyBothResponse:
        throw await unexpectedStream(channel);
      case FROM_SERVER.readyForQuery:
        if (error) throw error;
        return { columns, rows, command };
      default:
        break; // ParseComplete, BindComplete, NoData, ParameterStatus, NotificationResponse
    }
  }
}

/** Reads an answer in pieces. */
export type Streamed<T> = (channel: Channel, statement: Statement) => AsyncGenerator<T>;

/** The rows of one statement, in pieces. @throws as {@link readResult}, after the rows before the error */
export const streamRows: Streamed<readonly (readonly (string | null)[])[]> = (channel, statement) =>
  streamPieces(channel, statement, FROM_SERVER.dataRow, readDataRow);

/** The bytes of one `COPY … TO STDOUT`, in pieces. @throws as {@link readResult}, after the bytes before the error */
export const streamCopy: Streamed<Uint8Array> = async function* (channel, statement) {
  for await (const views of streamPieces(channel, statement, FROM_SERVER.copyData, (body) => body)) {
    yield concat(...views);
  }
};

/**
 * Hands on messages of one type: what one read of the socket brought, at most about {@link PIECE} bytes. The next read
 * happens only when the reader asks for more, so its pace holds the server back.
 */
async function* streamPieces<T>(
  channel: Channel,
  { refuseCopy }: Statement,
  wanted: number,
  read: (body: Uint8Array) => T,
): AsyncGenerator<T[]> {
  let piece: T[] = [];
  let size = 0;
  let error: PgError | null = null;
  for (;;) {
    const frame = channel.poll();
    if (frame?.type === wanted) {
      piece.push(read(frame.body));
      size += frame.body.length + 5;
      if (size < PIECE) continue;
    }
    if (piece.length > 0) {
      // Before more bytes are read: the bodies are views.
      yield piece;
      [piece, size] = [[], 0];
    }
    if (frame === null) await channel.fill();
    else if (frame.type === FROM_SERVER.errorResponse) error = await readError(channel, frame.body);
    else if (frame.type === FROM_SERVER.copyInResponse) await channel.write(refuseCopy);
    else if (frame.type === FROM_SERVER.copyBothResponse) throw await unexpectedStream(channel);
    else if (frame.type === FROM_SERVER.readyForQuery) {
      if (error) throw error;
      return;
    }
  }
}

/** After an error that ends the session no ReadyForQuery follows. @throws {PgError} */
async function readError(channel: Channel, body: Uint8Array): Promise<PgError> {
  const error = readErrorResponse(body);
  if (error.severity !== 'FATAL' && error.severity !== 'PANIC') return error;
  await channel.close(error.message);
  throw error;
}

/** Nothing ends a replication stream but its reader: waiting for ReadyForQuery would last for ever. */
async function unexpectedStream(channel: Channel): Promise<ProtocolError> {
  await channel.close('A replication stream was started as if it were a query');
  return new ProtocolError('START_REPLICATION is for startCopyBoth, not for query or simple');
}
