import type { TreeNode } from './node-tree.ts';
import type { Proof } from './proof.ts';
import type { Scope } from './scope.ts';

/** `SubLinkType` of Postgres's primnodes.h. */
const SUBLINK = { exists: 0, all: 1, any: 2, value: 4, array: 6 } as const;

/** Subqueries within an expression. */
export function sublinkPresent(sublink: TreeNode, scope: Scope, proof: Proof): boolean {
  const query = sublink.child('subselect');
  if (query === null) return false;
  switch (sublink.int('subLinkType')) {
    case SUBLINK.exists:
    case SUBLINK.array:
      return true;
    case SUBLINK.all:
    case SUBLINK.any:
      return proof.present(sublink.child('testexpr'), { ...scope, compared: { query, outer: scope } });
    case SUBLINK.value:
      return hasAlwaysARow(query) && proof.sourcePresent({ kind: 'query', of: { query, outer: scope }, column: 1 });
    default:
      return false;
  }
}

/** An aggregate over all rows has one row, even of none; so has a `select` from nothing. */
function hasAlwaysARow(query: TreeNode): boolean {
  const unlimited = ['havingQual', 'limitOffset', 'limitCount', 'setOperations'].every(
    (field) => query.get(field) === null,
  );
  if (!unlimited || query.flag('hasTargetSRFs') || isGrouped(query)) return false;
  const from = query.child('jointree');
  return query.flag('hasAggs') || (from?.get('fromlist') === null && from.get('quals') === null);
}

const isGrouped = (query: TreeNode): boolean => query.get('groupClause') !== null || query.get('groupingSets') !== null;
