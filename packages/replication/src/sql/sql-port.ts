/** A row as Postgres prints its columns. */
export type SqlRow = readonly (string | null)[];

/**
 * A way to run SQL: a connection of our own, or a driver that goes over HTTP or a WebSocket. Statements are run one by
 * one, each in a transaction of its own; nothing is remembered between them.
 */
export interface SqlPort {
  /**
   * Bytes that one answer should not exceed, because it is held in memory whole; null when rows arrive one by one and
   * the reader's pace holds the server back.
   */
  readonly answerLimit: number | null;
  /**
   * Runs one statement.
   *
   * @param params  in text format; null is NULL
   * @throws {PgError} @throws {ConnectionLostError}
   */
  query(sql: string, params?: readonly (string | null)[]): Promise<readonly SqlRow[]>;
  /** As {@link query}, with the rows in pieces as they come. Ending early ends the statement. */
  rows(sql: string, params?: readonly (string | null)[]): AsyncIterable<readonly SqlRow[]>;
  /** Never throws. */
  close(): Promise<void>;
}
