import { PgConnection, type Connect } from '@vibestack/replication';
import type { PgText } from '@vibestack/sync-types';

/** A row as Postgres prints it, by column name. */
type TextRow = Readonly<Record<string, PgText>>;

/** Statements of one connection, inside or outside a transaction. */
export interface Sql {
  /** Runs one statement with text parameters. @throws {PgError} */
  rows(text: string, params?: readonly PgText[]): Promise<TextRow[]>;
}

/**
 * A few connections to Postgres, opened on demand and given back after use.
 *
 * It has no timers: whoever owns it calls {@link closeIdle}, in a Durable Object from its alarm.
 */
export class Pool {
  readonly #connect: Connect;
  readonly #url: string;
  readonly #size: number;
  #idle: PgConnection[] = [];
  #open = 0;
  #waiting: (() => void)[] = [];

  constructor(connect: Connect, url: string, size = 4) {
    this.#connect = connect;
    this.#url = url;
    this.#size = size;
  }

  /** Lends a connection to `work`; one that broke is thrown away. */
  async use<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(asSql(connection));
    } finally {
      this.#give(connection);
    }
  }

  /** Runs `work` in one transaction; any error rolls it back. */
  async transaction<T>(work: (sql: Sql) => Promise<T>, mode = ''): Promise<T> {
    return this.use(async (sql) => {
      await sql.rows(`begin ${mode}`);
      try {
        const result = await work(sql);
        await sql.rows('commit');
        return result;
      } catch (error) {
        await sql.rows('rollback').catch((rollback: unknown) => {
          throw new AggregateError([error, rollback], 'The transaction failed, and so did its rollback');
        });
        throw error;
      }
    });
  }

  /** Closes connections that nobody uses. */
  async closeIdle(): Promise<void> {
    const idle = this.#idle;
    this.#idle = [];
    this.#open -= idle.length;
    await Promise.all(idle.map((connection) => connection.close()));
  }

  async #take(): Promise<PgConnection> {
    while (this.#idle.length === 0 && this.#open >= this.#size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const idle = this.#idle.pop();
    if (idle) return idle;
    this.#open++;
    try {
      return await PgConnection.open(this.#connect, this.#url);
    } catch (error) {
      this.#open--;
      this.#waiting.shift()?.();
      throw error;
    }
  }

  #give(connection: PgConnection): void {
    if (connection.closed) this.#open--;
    else this.#idle.push(connection);
    this.#waiting.shift()?.();
  }
}

/** Statements of a connection, with rows by column name. */
export const asSql = (connection: PgConnection): Sql => ({
  async rows(text, params) {
    const { columns, rows } = await connection.query(text, params);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
  },
});
