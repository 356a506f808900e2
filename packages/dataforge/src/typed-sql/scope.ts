import { presentVariables } from './filters.ts';
import type { Facts } from './facts.ts';
import type { TreeNode } from './node-tree.ts';

/** Where an expression stands: variables count range tables from here outwards (`varno`, `varlevelsup`). */
export interface Scope {
  readonly query: TreeNode;
  readonly outer: Scope | null;
  /** Variables and rows (`variableKey`, `rowKey`) that are not null in whatever the filters let through. */
  readonly present: ReadonlySet<string>;
  /** Within `x = any (select …)`: the subquery, whose columns stand there as parameters. */
  readonly compared: QueryIn | null;
}

/** A query and the scope around it. */
export interface QueryIn {
  readonly query: TreeNode;
  readonly outer: Scope | null;
}

export const scopeOf = ({ query, outer }: QueryIn, facts: Facts): Scope => ({
  query,
  outer,
  present: presentVariables(query, facts),
  compared: null,
});

export function scopeAt(scope: Scope, levelsUp: number): Scope {
  if (levelsUp === 0) return scope;
  if (scope.outer === null) throw new TypeError('A variable of a query that is not there');
  return scopeAt(scope.outer, levelsUp - 1);
}
