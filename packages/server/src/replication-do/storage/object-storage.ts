export type SqlValue = string | number | null | Uint8Array;

/** The durable memory of one object: SQLite, transactions, and the moment from which a write survives a power cut. */
export interface ObjectStorage {
  /** Runs one statement and returns all of its rows. @typeParam T  a row, as the statement makes it: the caller knows */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the statement's shape is in its text
  exec<T extends Readonly<Record<string, SqlValue>>>(sql: string, ...bindings: readonly SqlValue[]): readonly T[];
  /** Several statements, all or none. Must not await anything. */
  transaction<T>(work: () => T): T;
  /** Everything written before this call is durable when the promise resolves (SEMANTICS 2.2). */
  sync(): Promise<void>;
  /** Rows written since the object started, index rows included: what Cloudflare bills. */
  readonly rowsWritten: number;
}
