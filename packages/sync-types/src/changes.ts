import type { Hlc } from './hlc.ts';
import type { Lsn } from './lsn.ts';
import type { PgText, Row } from './rows.ts';
import type { ScopeKey } from './schema.ts';

/**
 * One row change as a client receives it.
 *
 * - `put`: the row is in a scope that the client holds; `row` has all visible columns. (A changed primary key arrives
 *   as `del` of the old and `put` of the new.)
 * - `patch`: columns that may have changed of a row that the client has; a missing column is unchanged.
 * - `del`: the row is gone.
 * - `leave`: the row moved to a scope that the client does not hold; it goes only if it still is in `scope`.
 */
export type Change =
  | { readonly op: 'put'; readonly table: string; readonly key: string; readonly row: Row }
  | { readonly op: 'patch'; readonly table: string; readonly key: string; readonly row: Row }
  | { readonly op: 'del'; readonly table: string; readonly key: string }
  | { readonly op: 'leave'; readonly table: string; readonly key: string; readonly scope: ScopeKey }
  /** TRUNCATE: every row of these tables is gone. */
  | { readonly op: 'truncate'; readonly tables: readonly string[] };

/** How a mutation ended: exactly one of these exists for each, durable on the server. */
export interface MutationResult {
  readonly clientId: string;
  readonly id: number;
  readonly outcome: 'accepted' | 'rejected';
  /** Present when rejected: a stable code such as `forbidden`, and what a person can be told. */
  readonly error?: Rejection;
  readonly hlc: Hlc;
}

/** Why a mutation was refused (SEMANTICS 4.6: server values only where the client may see the row). */
export interface Rejection {
  readonly code: string;
  readonly message: string;
  readonly table?: string;
  readonly key?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** One committed server transaction, filtered to what the client may see. Applied whole or not at all. */
export interface Transaction {
  /** Commit LSN. */
  readonly lsn: Lsn;
  /** The clock that the client must advance past (SEMANTICS 5.1). */
  readonly hlc: Hlc;
  readonly changes: readonly Change[];
  /** Results of the client's own mutations that this transaction holds. */
  readonly results: readonly MutationResult[];
}

/** One op of a local transaction: what the client did to one row. */
export type Op =
  | { readonly op: 'insert'; readonly table: string; readonly key: string; readonly row: Row }
  | { readonly op: 'patch'; readonly table: string; readonly key: string; readonly row: Row }
  | { readonly op: 'delete'; readonly table: string; readonly key: string };

/** One local transaction on its way to the server. */
export interface Mutation {
  /** The client id that it was written under; may be older than the session's. */
  readonly clientId: string;
  /** Increases with every mutation of a client id, from 1. */
  readonly id: number;
  /** SHA-256 (hex) of the canonical JSON of `ops`: the same id with another hash is an error. */
  readonly hash: string;
  readonly hlc: Hlc;
  readonly schemaVersion: number;
  readonly ops: readonly Op[];
}

export type { PgText, Row };
