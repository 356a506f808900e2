import type { TreeNode } from './node-tree.ts';

/** A function, aggregate or window function. */
export interface FunctionFact {
  readonly name: string;
  /** `substring(text,text)`: tells overloads apart. */
  readonly signature: string;
  /** It is in `pg_catalog`. */
  readonly builtin: boolean;
  /** Null for a null argument, unless it returns sets: then no row. */
  readonly strict: boolean;
  /** It takes a geometric type or a range: of those, functions of innocent names have no answer (`lower('empty')`). */
  readonly exotic: boolean;
  /** `create cast` names it, and null is not among the values of the source's type (it is among jsonb's). */
  readonly cast: boolean;
}

export interface OperatorFact {
  readonly name: string;
  readonly builtin: boolean;
  /** It takes a geometric type. */
  readonly geometric: boolean;
}

export interface RelationFact {
  /** Numbers of the columns in which no null can be stored. */
  readonly notNull: ReadonlySet<number>;
  /** Rules may put any row in the place of what was written. */
  readonly hasRules: boolean;
  /** The query that a view is. */
  readonly view: TreeNode | null;
}

/** What the catalogs say of all that a tree, and the views in it, mention. By oid. */
export interface Facts {
  readonly functions: ReadonlyMap<number, FunctionFact>;
  readonly operators: ReadonlyMap<number, OperatorFact>;
  readonly relations: ReadonlyMap<number, RelationFact>;
  readonly notNullDomains: ReadonlySet<number>;
  readonly arrayTypes: ReadonlySet<number>;
}

/** Where nodes keep the type of their value. */
const TYPE_FIELDS = [
  'vartype',
  'consttype',
  'paramtype',
  'funcresulttype',
  'opresulttype',
  'resulttype',
  'aggtype',
  'wintype',
  'coalescetype',
  'casetype',
  'minmaxtype',
  'array_typeid',
  'refrestype',
] as const;

/** @returns the oid of the type of an expression's value, where the node itself says it */
export function typeOf(node: TreeNode): number | null {
  const field = TYPE_FIELDS.find((name) => node.has(name));
  return field === undefined ? null : node.int(field);
}
