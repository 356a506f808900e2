import { ConnectionLostError, PgError } from '../errors.ts';
import type { SqlPort, SqlRow } from './sql-port.ts';

/** Has the driver hand over values as Postgres prints them, whatever their type. */
interface RawTypes {
  getTypeParser(): (value: string) => string;
}

const RAW: RawTypes = { getTypeParser: () => (value) => value };

interface Answer {
  readonly rows: readonly unknown[];
}

/** What `neon(url)` of `@neondatabase/serverless` returns, as far as it is used here. */
export interface NeonHttpQuery {
  query(
    text: string,
    params: (string | null)[],
    options: { arrayMode: true; fullResults: true; types: RawTypes },
  ): PromiseLike<Answer>;
}

/** A `Pool` or `Client` of `@neondatabase/serverless` or `pg`, as far as it is used here. */
export interface NeonClient {
  query(statement: { text: string; values: (string | null)[]; rowMode: 'array'; types: RawTypes }): PromiseLike<Answer>;
  on(event: 'error', listener: () => void): unknown;
  end(): Promise<void>;
}

/** Bytes. Neon ends answers over HTTP at 64 MB; here it is the memory of a Durable Object that must hold them twice. */
const HTTP_LIMIT = 4 * 1024 * 1024;
/** Bytes. The driver parses rows as they come, so an answer is held once. */
const WEBSOCKET_LIMIT = 8 * 1024 * 1024;

/**
 * SQL over HTTP, one request for each statement: nothing stays open, so a Neon compute may go to sleep between them.
 *
 * The sessions are Neon's: their TimeZone and DateStyle must be left at UTC (GMT) and ISO.
 *
 * @param neon  `neon(url)`
 */
export const neonHttpSql = (neon: NeonHttpQuery): SqlPort =>
  heldWhole(
    HTTP_LIMIT,
    (sql, params) => neon.query(sql, params, { arrayMode: true, fullResults: true, types: RAW }),
    () => Promise.resolve(),
  );

/**
 * SQL over Neon's WebSocket proxy, by the driver's connection.
 *
 * A `Pool` replaces a connection that broke, a `Client` does not: from then on each statement fails. In a Durable Object
 * give the pool `idleTimeoutMillis: 0`, for its timers would keep the object awake.
 */
export function neonClientSql(client: NeonClient): SqlPort {
  // What breaks while nobody asks would otherwise be an uncaught error; the next statement tells.
  client.on('error', () => undefined);
  return heldWhole(
    WEBSOCKET_LIMIT,
    (text, values) => client.query({ text, values, rowMode: 'array', types: RAW }),
    async () => {
      await client.end().catch(() => undefined); // ended already, or broken
    },
  );
}

function heldWhole(
  answerLimit: number,
  run: (sql: string, params: (string | null)[]) => PromiseLike<Answer>,
  close: () => Promise<void>,
): SqlPort {
  const query = async (sql: string, params: readonly (string | null)[] = []): Promise<readonly SqlRow[]> => {
    try {
      return (await run(sql, [...params])).rows as readonly SqlRow[];
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    answerLimit,
    query,
    async *rows(sql, params) {
      const all = await query(sql, params);
      if (all.length > 0) yield all;
    },
    close,
  };
}

/** The driver's errors carry the fields of an ErrorResponse; their `code` is the SQLSTATE. */
const FIELDS = [
  'detail',
  'hint',
  'position',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'routine',
];

/** Codes of Postgres contain a digit; codes of the platform that are as long (EPIPE) do not. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** system_error: what Neon's proxy refuses itself, for example an answer that is too large, has no SQLSTATE. */
const REFUSED_BY_PROXY = '58000';

function explain(error: unknown): PgError | ConnectionLostError {
  if (!(error instanceof Error)) return new ConnectionLostError('The driver failed', { cause: error });
  const fields = new Map<string, unknown>(Object.entries(error));
  const code = fields.get('code');
  const sqlstate = typeof code === 'string' && SQLSTATE.test(code) ? code : null;
  if (sqlstate === null && !refusedByProxy(error, fields)) {
    return new ConnectionLostError(`The connection to Postgres broke: ${error.message}`, { cause: error });
  }
  const severity = fields.get('severity');
  const given = FIELDS.map((name) => [name, fields.get(name)]).filter(([, value]) => typeof value === 'string');
  return new PgError({
    severity: typeof severity === 'string' ? severity : 'ERROR',
    sqlstate: sqlstate ?? REFUSED_BY_PROXY,
    message: error.message,
    ...(Object.fromEntries(given) as Record<string, string>),
  });
}

/** Whether asking again would be answered the same: an HTTP status of 4xx, save 'too many requests'. */
function refusedByProxy(error: Error, fields: ReadonlyMap<string, unknown>): boolean {
  if (error.name !== 'NeonDbError' || fields.get('sourceError') !== undefined) return false;
  const status = /^Server error \(HTTP status (\d+)\)/.exec(error.message)?.[1];
  return status === undefined || (status.startsWith('4') && status !== '429');
}
