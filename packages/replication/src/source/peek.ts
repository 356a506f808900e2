import { ProtocolError } from '../errors.ts';
import { PgoutputDecoder } from '../pgoutput/decoder.ts';
import type { PgoutputMessage } from '../pgoutput/messages.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import { fromBase64 } from './base64.ts';
import type { SourceOptions } from './change-source.ts';
import type { Delivery } from './delivery.ts';
import { quoteIdentifier } from './quote.ts';

/** How far the output of a slot has been read, over several peeks from one confirmed position. */
export interface PeekProgress {
  /** The slot's confirmed position, at which each of these peeks begins. */
  readonly confirmed: bigint;
  /** Each peek announces the relations anew, but those before the offset are not read again. */
  readonly decoder: PgoutputDecoder;
  /** Rows read that are not announcements. Only these count: a relation is announced again whenever it is analysed. */
  changes: number;
  /** The last of these, as the server names it: position and transaction. */
  last: string;
  /** Rows of any kind that the server has counted. */
  rows: number;
}

export interface PeekPiece {
  readonly messages: readonly PgoutputMessage[];
  /** Bytes of output that were decoded, new or not. */
  readonly bytes: number;
  /** Whether this is the last piece of the peek, and if so, whether it reached the end of the WAL. */
  readonly end: 'drained' | 'more' | null;
}

/** Bytes of output after which a piece is handed over. */
const PIECE = 256 * 1024;
/** Rows after which the server stops at a transaction's end: what it spools for one peek. */
const ROWS = 200_000;
/** Bytes that a row needs in an answer beside its data: position, transaction, number, quotes. */
const ROW_COST = 72;
/** Announcements of relations (R) and types (Y). */
const ANNOUNCEMENTS = new Set([0x52, 0x59]);

/** Bytes of a row in an answer, generously: base64 with escaped line breaks. SQL computes the same below. */
const cost = (length: number): number => Math.floor(length / 5) * 7 + ROW_COST;

/**
 * The row before the offset comes first, without its data: it proves that the output is still the same.
 *
 * Counted by `sum`, for Postgres 15 to 18 take a `count` over a window without an order for constant, and stop at the
 * first row that `n >= …` refuses. With an order they would sort, where the function's own order is the right one.
 */
const CHANGES = `
  select lsn || ' ' || xid as place, row, data, n = $4::bigint and get_byte(data, 0) not in (82, 89) as known
  from (
    select *, sum(case when get_byte(data, 0) in (82, 89) then 0 else 1 end) over (rows unbounded preceding) as n
    from pg_logical_slot_peek_binary_changes($1, null, $2::int, 'proto_version', '1', 'publication_names', $3,
      'messages', 'true') with ordinality as change (lsn, xid, data, row)
  ) counted
  where n >= $4::bigint`;

const COLUMNS = `place, row, case when not known then encode(data, 'base64') end`;

const WHOLE = `select ${COLUMNS} from (${CHANGES}) changes`;

/** `upto_nchanges` is honoured only where a transaction ends, so a large one is cut by what its rows add up to. */
const LIMITED = `
  select ${COLUMNS}
  from (
    select *, sum(case when known then 0 else octet_length(data) / 5 * 7 end + ${ROW_COST})
      over (rows between unbounded preceding and 1 preceding) as before
    from (${CHANGES}) changes
  ) measured
  where before is null or before < $5::bigint
  limit $6::bigint`;

/**
 * Reads on in a slot's output without consuming it, as far as one statement goes; moves `progress` along.
 *
 * Once it threw, the progress is worth nothing.
 *
 * @throws {ProtocolError} the output is not what it was at the last peek: begin anew
 */
export async function* peek(
  sql: SqlPort,
  options: SourceOptions,
  progress: PeekProgress,
  delivery: Delivery,
): AsyncGenerator<PeekPiece, void, undefined> {
  const limit = sql.answerLimit;
  const limitRows = limit === null ? ROWS : Math.ceil(limit / ROW_COST) + 1;
  const upto = progress.rows + limitRows;
  const params = [options.slot, String(upto), quoteIdentifier(options.publication), String(progress.changes)];
  const answers =
    limit === null
      ? sql.rows(WHOLE, params)
      : [await sql.query(LIMITED, [...params, String(limit), String(limitRows)])];

  let known = progress.changes === 0;
  let answered = 0;
  let size = 0;
  let messages: PgoutputMessage[] = [];
  let bytes = 0;
  for await (const answer of answers) {
    for (const row of answer) {
      answered++;
      progress.rows = Number(row[1]);
      if (!known) {
        if (row[0] !== progress.last || row[2] !== null) throw changed(options);
        known = true;
        size += ROW_COST;
        continue;
      }
      const data = fromBase64(row[2] ?? '');
      size += cost(data.length);
      bytes += data.length;
      if (!ANNOUNCEMENTS.has(data[0] ?? 0)) {
        progress.changes++;
        progress.last = row[0] ?? '';
      }
      const message = progress.decoder.decode(data);
      if (delivery.accept(message)) messages.push(message);
      if (bytes >= PIECE) {
        yield { messages, bytes, end: null };
        [messages, bytes] = [[], 0];
      }
    }
  }
  if (!known) throw changed(options);
  const cut = limit !== null && (size >= limit || answered >= limitRows);
  yield { messages, bytes, end: cut || progress.rows >= upto ? 'more' : 'drained' };
}

export const beginPeeking = (confirmed: bigint): PeekProgress => ({
  confirmed,
  decoder: new PgoutputDecoder(),
  changes: 0,
  last: '',
  rows: 0,
});

const changed = ({ slot }: SourceOptions): ProtocolError =>
  new ProtocolError(
    `The output of slot ${slot} is not what it was when its beginning was read. Open the source again.`,
  );
