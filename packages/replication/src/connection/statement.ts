import { concat, cstring, int16, int32, message, text } from './writer.ts';

/** Postgres counts parameters in 16 bits. */
const MAX_PARAMETERS = 65_535;

/** What is sent to run SQL, and what is sent if that turns out to be a COPY FROM STDIN, for which nobody has data. */
export interface Statement {
  readonly bytes: Uint8Array;
  readonly refuseCopy: Uint8Array;
}

const copyFail = message('f', cstring('COPY FROM STDIN is not available here'));

/** SQL by the simple protocol: several statements, or a replication command. */
export const simpleQuery = (sql: string): Statement => ({
  bytes: message('Q', cstring(sql)),
  refuseCopy: copyFail,
});

/**
 * One statement by the extended protocol, parameters and results in text format: Parse, Bind, Describe, Execute, Sync
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY).
 *
 * @param params  null is NULL
 * @throws {RangeError} more parameters than Postgres can count
 */
export function extendedQuery(sql: string, params: readonly (string | null)[]): Statement {
  if (params.length > MAX_PARAMETERS) {
    throw new RangeError(`A statement takes at most ${MAX_PARAMETERS} parameters, not ${params.length}: send arrays`);
  }
  const values = params.map((value) => (value === null ? int32(-1) : withLength(text(value))));
  return {
    bytes: concat(
      message('P', cstring(''), cstring(sql), int16(0)),
      message('B', cstring(''), cstring(''), int16(0), int16(params.length), ...values, int16(0)),
      message('D', text('P'), cstring('')),
      message('E', cstring(''), int32(0)),
      message('S'),
    ),
    // A server that waits for COPY data throws Sync away, and after the error it waits for one.
    refuseCopy: concat(copyFail, message('S')),
  };
}

const withLength = (bytes: Uint8Array): Uint8Array => concat(int32(bytes.length), bytes);
