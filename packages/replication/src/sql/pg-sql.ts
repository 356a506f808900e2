import { PgConnection } from '../connection/connection.ts';
import { ConnectionLostError } from '../errors.ts';
import type { Connect } from '../socket.ts';
import type { SqlPort, SqlRow } from './sql-port.ts';

/**
 * SQL over a connection of our own, opened by the first statement. When it breaks, the statement under way fails and
 * the next one opens another.
 *
 * One statement at a time: the next one may start when the answer, or the last piece of rows, was taken.
 */
export function pgSql(connect: Connect, url: string): SqlPort {
  let current: Promise<PgConnection> | null = null;
  let closed = false;

  /** Each call builds on the one before it, so that two at once do not open two. */
  function connection(): Promise<PgConnection> {
    current = reuse(current);
    return current;
  }

  async function reuse(previous: Promise<PgConnection> | null): Promise<PgConnection> {
    const known = await previous?.catch(() => null); // whoever asked for it was told
    if (known && !known.closed) return known;
    if (closed) throw new ConnectionLostError('This way to the database was closed here');
    return PgConnection.open(connect, url);
  }

  return {
    answerLimit: null,
    async query(sql, params) {
      return (await (await connection()).query(sql, params)).rows;
    },
    async *rows(sql, params): AsyncGenerator<readonly SqlRow[]> {
      yield* (await connection()).rows(sql, params);
    },
    async close() {
      closed = true;
      const known = await current?.catch(() => null); // nothing was opened, so nothing is to be closed
      await known?.close();
    },
  };
}
