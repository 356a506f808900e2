import { PgError, type PgErrorFields } from '../errors.ts';

const decoder = new TextDecoder();

/** Letters of the fields that an error may lack (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
const OPTIONAL: ReadonlyMap<string, keyof PgErrorFields> = new Map([
  ['D', 'detail'],
  ['H', 'hint'],
  ['P', 'position'],
  ['W', 'where'],
  ['s', 'schema'],
  ['t', 'table'],
  ['c', 'column'],
  ['d', 'dataType'],
  ['n', 'constraint'],
  ['R', 'routine'],
]);

/** Reads the body of an ErrorResponse. */
export const readErrorResponse = (body: Uint8Array): PgError => new PgError(readNotice(body));

/** Reads the body of a NoticeResponse, which is made like an ErrorResponse. */
export function readNotice(body: Uint8Array): PgErrorFields {
  const letters = new Map<string, string>();
  const optional: Partial<Record<keyof PgErrorFields, string>> = {};
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at);
    if (end < 0) break;
    const letter = String.fromCharCode(body[at] as number);
    const value = decoder.decode(body.subarray(at + 1, end));
    letters.set(letter, value);
    const name = OPTIONAL.get(letter);
    if (name) optional[name] = value;
    at = end + 1;
  }
  return {
    ...optional,
    // V is S before translation into the server's language.
    severity: letters.get('V') ?? letters.get('S') ?? 'ERROR',
    sqlstate: letters.get('C') ?? 'XX000',
    message: letters.get('M') ?? 'Postgres reported an error without a message',
  };
}
