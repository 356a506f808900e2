import type { Category } from '../decorators/marks.ts';

/** The model as plain JSON: what every emitter reads. */
export interface Model {
  /** By level, then name. */
  readonly tables: readonly TableModel[];
  readonly scopes: readonly ScopeModel[];
}

export interface TableModel {
  readonly name: string;
  /** Class name of the entity. */
  readonly entity: string;
  readonly category: Category;
  readonly level: number;
  readonly key: readonly string[];
  readonly columns: readonly ColumnModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
  readonly uniques: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly checks: readonly { readonly name: string; readonly expression: string }[];
  readonly indices: readonly IndexModel[];
  /** Null for tables that are not synchronised. */
  readonly scope: TableScopeModel | null;
  readonly access: { readonly read: readonly string[]; readonly write: readonly string[] };
  readonly description: string | null;
  readonly renamedFrom: string | null;
}

export interface ColumnModel {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly nullable: boolean;
  /** SQL expression. */
  readonly default: string | null;
  readonly serverOnly: boolean;
  /** Filled by the database only. */
  readonly readOnly: boolean;
  readonly description: string | null;
  readonly renamedFrom: string | null;
  /** SQL expression over the row, for rows that have no value yet. */
  readonly backfill: string | null;
}

export interface ForeignKeyModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly table: string;
  readonly referenced: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}

interface IndexModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly where: string | null;
}

export interface TableScopeModel {
  readonly name: string;
  /** The column that holds the scope's id. */
  readonly column: string;
  /** For a scope found along a relation: the parent whose scope column is copied. */
  readonly parent: { readonly table: string; readonly column: string; readonly scopeColumn: string } | null;
}

export interface ScopeModel {
  readonly name: string;
  readonly root: string | null;
  readonly roles: readonly string[];
  readonly members: string | null;
  readonly memberTables: readonly string[];
}
