/** What DataForge tells the engine about one synchronised table. Plain data: it is emitted as a TypeScript literal. */
export interface SyncTable {
  /** Table name in schema `public`. */
  readonly name: string;
  readonly category: 'domain' | 'system' | 'utility';
  /** 0 for tables that reference none; a table's level is above that of every table that it references. */
  readonly level: number;
  /** Primary key columns, in order. */
  readonly key: readonly string[];
  /** Columns that the client knows, in table order. */
  readonly columns: readonly SyncColumn[];
  readonly scope: TableScope;
  /** Roles (in the scope) that may read and write rows. */
  readonly access: { readonly read: readonly string[]; readonly write: readonly string[] };
  /** What is compared when two people change one row: its columns one by one, or the row as a whole. */
  readonly merge: 'column' | 'row';
}

export interface SyncColumn {
  readonly name: string;
  /** Postgres type as `format_type` prints it: `text`, `uuid`, `timestamp with time zone`, `integer[]`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Filled in by the database when an insert leaves it out. */
  readonly hasDefault: boolean;
  /** Written by the database only (generated columns, denormalised scope columns). */
  readonly readOnly: boolean;
}

export interface TableScope {
  /** Name of the declared scope: `project`, `user`, or `global`. */
  readonly name: string;
  /** The column that holds the scope's id; absent for `global`. */
  readonly column?: string;
}

/** A declared scope and who belongs to it. */
export interface SyncScope {
  readonly name: string;
  /** The table whose row is the scope's root: inserting it creates the scope. */
  readonly root: string | null;
  /** Roles, weakest first. */
  readonly roles: readonly string[];
  /** `select … as scope_id, … as user_id, … as role`: a function of rows only. */
  readonly members: string | null;
  /** The tables that `members` reads: a change to one of them may change who belongs. */
  readonly memberTables: readonly string[];
}

/** All that server and client need to know of an application's data model. */
export interface SyncSchema {
  /** Counts migrations, from 1. */
  readonly version: number;
  /** SHA-256 of the client-visible model, hex. */
  readonly hash: string;
  /** Sorted by level, then name. */
  readonly tables: readonly SyncTable[];
  readonly scopes: readonly SyncScope[];
  /** Tables that exist on each client alone. */
  readonly localTables: readonly string[];
}

/** The canonical name of a scope: `project:0190…`, `user:0190…`, `global`. */
export type ScopeKey = string & { readonly __brand: 'ScopeKey' };

export const scopeKey = (name: string, id?: string): ScopeKey =>
  (id === undefined ? name : `${name}:${id}`) as ScopeKey;

/** @returns the scope's declared name and, unless global, the id */
export function parseScopeKey(key: ScopeKey): { name: string; id?: string } {
  const at = key.indexOf(':');
  return at < 0 ? { name: key } : { name: key.slice(0, at), id: key.slice(at + 1) };
}
