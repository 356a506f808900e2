import { PgError } from '../errors.ts';

const decoder = new TextDecoder();

/** Reads the body of an ErrorResponse or NoticeResponse. */
export function readErrorResponse(body: Uint8Array): PgError {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at);
    if (end < 0) break;
    fields.set(String.fromCharCode(body[at] as number), decoder.decode(body.subarray(at + 1, end)));
    at = end + 1;
  }
  const optional = (name: 'detail' | 'hint' | 'table' | 'column' | 'constraint', letter: string) => {
    const value = fields.get(letter);
    return value === undefined ? {} : { [name]: value };
  };
  return new PgError({
    severity: fields.get('V') ?? fields.get('S') ?? 'ERROR',
    sqlstate: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? 'Postgres reported an error without a message',
    ...optional('detail', 'D'),
    ...optional('hint', 'H'),
    ...optional('table', 't'),
    ...optional('column', 'c'),
    ...optional('constraint', 'n'),
  });
}
