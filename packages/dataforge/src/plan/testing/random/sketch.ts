import type { ColumnModel } from '../../../ir/types.ts';
import type { Formula } from './formulas.ts';

/**
 * A model in the making. Everything has an id that survives renames, and SQL is kept as a form over ids; so what became
 * of a column between two sketches is known from its id alone, without reading any SQL.
 */
export interface Sketch {
  tables: TableSketch[];
  enums: { name: string; labels: string[] }[];
  domains: DomainSketch[];
  /** Functions that defaults call: name → what they return. */
  functions: { name: string; result: string; volatile: boolean }[];
  views: { name: string; columns: string[] }[];
}

export interface DomainSketch {
  name: string;
  type: string;
  notNull: boolean;
  /** The number in its check, which all tame values pass. */
  limit: number | null;
}

export interface TableSketch {
  readonly id: string;
  name: string;
  side: 'both' | 'server';
  key: string[];
  columns: ColumnSketch[];
  foreignKeys: KeySketch[];
  uniques: { id: string; columns: string[] }[];
  checks: CheckSketch[];
  exclusions: { id: string; columns: string[] }[];
  indices: IndexSketch[];
  scope: ScopeSketch | null;
  readers: string[];
  writers: string[];
  merge: 'column' | 'row';
  description: string | null;
}

export interface ColumnSketch {
  readonly id: string;
  name: string;
  type: string;
  nullable: boolean;
  default: DefaultSketch | null;
  generated: { kind: 'stored' | 'virtual'; formula: Formula } | null;
  identity: ColumnModel['identity'];
  collation: string | null;
  side: 'both' | 'server';
  role: ColumnModel['role'];
  description: string | null;
  /** For rows that have no value yet. */
  backfill: Formula | null;
}

export type DefaultSketch =
  | { readonly kind: 'constant'; readonly text: string }
  /** Values that nobody can foretell. */
  | { readonly kind: 'call'; readonly sql: string };

export interface KeySketch {
  readonly id: string;
  columns: string[];
  table: string;
  referenced: string[];
  onDelete: string;
}

export interface CheckSketch {
  readonly id: string;
  /** `nowhere`: a row without a parent lies in no scope. */
  form: 'between' | 'length' | 'either' | 'nowhere';
  columns: string[];
  limit: number;
}

/** What stands in the scope column of a row without a parent. */
export const NOWHERE = '00000000-0000-0000-0000-000000000000';

export interface IndexSketch {
  readonly id: string;
  form: 'plain' | 'descending' | 'partial' | 'lower' | 'gin' | 'unique' | 'partial unique';
  columns: string[];
}

export interface ScopeSketch {
  name: 'global' | 'org';
  column: string | null;
  /** The foreign key whose parent's scope column is copied into `column`. */
  along: { key: string; column: string; nowhere: string | null } | null;
}

export interface Place {
  readonly table: TableSketch;
  readonly column: ColumnSketch;
}

/** All columns by id. */
export const places = ({ tables }: Sketch): Map<string, Place> =>
  new Map(tables.flatMap((table) => table.columns.map((column) => [column.id, { table, column }] as const)));

/** @throws {Error} a sketch that speaks of what is not in it is a mistake of its maker */
export function find<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const found = list.find((one) => one.id === id);
  if (!found) throw new Error(`The sketch has no '${id}'.`);
  return found;
}

/** The built-in type below a domain. */
export const bareType = ({ domains }: Sketch, type: string): string =>
  domains.find(({ name }) => name === type)?.type ?? type;

export const newColumn = (id: string, name: string, type: string): ColumnSketch => ({
  id,
  name,
  type,
  nullable: true,
  default: null,
  generated: null,
  identity: null,
  collation: null,
  side: 'both',
  role: null,
  description: null,
  backfill: null,
});
