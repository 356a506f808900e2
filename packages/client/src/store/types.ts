import type {
  Hlc,
  IntervalMessage,
  Mutation,
  MutationResult,
  Position,
  Rejection,
  ScopeKey,
  SyncSchema,
} from '@vibestack/sync-types';

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its SQL returns */

/** What the store needs of PGlite. */
export interface Database {
  query<T>(sql: string, params?: unknown[], options?: { blob?: Blob }): Promise<{ rows: T[] }>;
  /** Runs SQL by the simple protocol: several statements, no parameters. */
  exec(sql: string): Promise<{ rows: unknown[] }[]>;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** A transaction of the local database. */
export interface Tx {
  query<T>(sql: string, params?: unknown[], options?: { blob?: Blob }): Promise<{ rows: T[] }>;
  exec(sql: string): Promise<unknown>;
}

/** One migration of the client's tables. */
export interface ClientMigration {
  readonly version: number;
  readonly name: string;
  readonly hash: string;
  readonly sql: string;
}

export interface StoreOptions {
  readonly schema: SyncSchema;
  readonly migrations: readonly ClientMigration[];
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A random UUID. */
  readonly newId: () => string;
}

/** Which rows changed, by table: their keys, or `all` when there were too many to name. */
export type ChangedKeys = ReadonlyMap<string, ReadonlySet<string> | 'all'>;

/** What a local write did. */
export interface Written<T> {
  readonly result: T;
  readonly changed: ChangedKeys;
  /** Null when nothing was changed. */
  readonly mutation: Mutation | null;
}

/** Where the store stands. */
export interface StoreState {
  readonly position: Position | null;
  readonly scopes: readonly ScopeKey[];
  readonly clock: Hlc;
}

/** A snapshot, downloaded whole. */
export interface StagedSnapshot {
  readonly nonce: string;
  readonly scopes: readonly ScopeKey[];
  readonly results: readonly MutationResult[];
  /** In the order of their arrival, parents first. */
  readonly tables: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    readonly chunks: readonly Uint8Array[];
  }[];
}

/** A mutation that the server refused, with what was attempted. */
export interface RejectedMutation {
  readonly clientId: string;
  readonly id: number;
  readonly error: Rejection;
  readonly ops: Mutation['ops'];
}

export type Applied = { readonly status: 'applied'; readonly changed: ChangedKeys } | { readonly status: 'ignored' };

/** The client's database with its place in the server's history, its pending writes and its shadows. */
export interface Store {
  readonly clientId: string;
  state(): StoreState;
  /** Runs SQL that reads. A statement that writes fails. */
  read<T>(sql: string, params?: unknown[]): Promise<T[]>;
  /** Runs SQL; what it writes becomes one mutation. All or nothing. */
  transaction<T>(work: (tx: Pick<Tx, 'query'>) => Promise<T>): Promise<Written<T>>;
  /** Keeps a download beside the tables until the server gives it its place in the stream. */
  stage(snapshot: StagedSnapshot): void;
  /** Forgets downloads: a new session knows nothing of those of the last. */
  discardStaged(): void;
  /**
   * Applies an interval in one local transaction and moves to its end.
   * @throws {GapError} @throws {StagingMissingError}
   */
  applyInterval(message: IntervalMessage): Promise<Applied>;
  /** Applies results that were answered outside the stream. */
  applyResults(results: readonly MutationResult[]): Promise<ChangedKeys>;
  /** Takes scopes away at once (SEMANTICS 6.5). */
  dropScopes(scopes: readonly ScopeKey[]): Promise<ChangedKeys>;
  /** Forgets place and scopes; rows stay visible until the next admission replaces them all. The outbox stays. */
  reset(): Promise<void>;
  /** Oldest first. */
  pending(limit: number): Promise<Mutation[]>;
  pendingCount(): Promise<number>;
  /** Takes over mutations of a store that was lost, under the ids they were written with. */
  adopt(mutations: readonly Mutation[]): Promise<void>;
  /** Highest mutation id whose result was applied, by client id. */
  watermarks(): Promise<Record<string, number>>;
  rejections(): Promise<RejectedMutation[]>;
  dismiss(clientId: string, id: number): Promise<void>;
}
