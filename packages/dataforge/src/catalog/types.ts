/**
 * A database's schema as Postgres itself describes it. Every name, key and definition is SQL: quoted where it has to
 * be, qualified where it lies outside `public`. Plain JSON.
 */
export interface Catalog {
  readonly schemas: readonly string[];
  readonly extensions: readonly string[];
  /** Labels in order. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly domains: Readonly<Record<string, DomainEntry>>;
  readonly tables: Readonly<Record<string, TableEntry>>;
  readonly views: Readonly<Record<string, ViewEntry>>;
  /** By name and argument types. */
  readonly functions: Readonly<Record<string, FunctionEntry>>;
  readonly publications: Readonly<Record<string, PublicationEntry>>;
}

export interface DomainEntry {
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  /** Constraint → `CHECK (…)`. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface TableEntry {
  readonly columns: Readonly<Record<string, ColumnEntry>>;
  readonly constraints: Readonly<Record<string, ConstraintEntry>>;
  /** Indices that no constraint owns. */
  readonly indices: Readonly<Record<string, IndexEntry>>;
  readonly triggers: Readonly<Record<string, TriggerEntry>>;
  /** `default`, `full`, `nothing`, or the name of an index. */
  readonly replicaIdentity: string;
  readonly comment: string | null;
}

export interface ColumnEntry {
  /** As `format_type` prints it. */
  readonly type: string;
  readonly notNull: boolean;
  /** Default, or the expression of a generated column. */
  readonly default: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
  /** Null for the type's own. */
  readonly collation: string | null;
  readonly comment: string | null;
}

export interface ConstraintEntry {
  readonly kind: 'primary' | 'unique' | 'check' | 'foreign' | 'exclusion';
  /** As `pg_get_constraintdef` prints it. */
  readonly definition: string;
  readonly columns: readonly string[];
  /** Of a foreign key: the table it leads to, its columns there, and the unique constraint or index that it leans on. */
  readonly references: { readonly table: string; readonly columns: readonly string[]; readonly by: string } | null;
}

export interface IndexEntry {
  readonly unique: boolean;
  /** From `USING` on. */
  readonly definition: string;
}

export interface TriggerEntry {
  /** As `pg_get_triggerdef` prints it. */
  readonly definition: string;
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled';
}

export interface ViewEntry {
  readonly materialized: boolean;
  readonly definition: string;
}

export interface FunctionEntry {
  /** `CREATE OR REPLACE …`. */
  readonly definition: string;
  /** Arguments and result: what cannot be replaced in place. */
  readonly shape: string;
  readonly kind: 'function' | 'procedure';
}

export interface PublicationEntry {
  readonly tables: readonly string[];
  /** Publishes stored generated columns; null before Postgres 18, which has no say in it. */
  readonly generated: boolean | null;
}
