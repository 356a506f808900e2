import type { Facts } from './facts.ts';
import { COMMAND } from './filters.ts';
import type { TreeNode, TreeValue } from './node-tree.ts';
import { scopeAt, scopeOf, type QueryIn, type Scope } from './scope.ts';

/** Where the values of a column come from. */
export type Source =
  | { readonly kind: 'unknown' }
  /** Never null, by what it is: a row's number. */
  | { readonly kind: 'present' }
  | { readonly kind: 'stored'; readonly relation: number; readonly column: number }
  | { readonly kind: 'value'; readonly expression: TreeNode; readonly scope: Scope }
  | { readonly kind: 'query'; readonly of: QueryIn; readonly column: number }
  /** A set-returning or other function in `from`. */
  | { readonly kind: 'function'; readonly call: TreeNode; readonly scope: Scope; readonly column: number }
  /** From one or another of them, or (`intersect`) from all at once. */
  | { readonly kind: 'either' | 'both'; readonly of: readonly Source[] };

const UNKNOWN: Source = { kind: 'unknown' };
const FULL_JOIN = 2;
/** `SetOperation` of Postgres's parsenodes.h; 1 is `union`. */
const INTERSECT = 2;
const EXCEPT = 3;

/**
 * Where a variable's values come from, before the outer joins of its `varnullingrels` have made some of them null.
 *
 * The numbers are those of `RTEKind` (https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/parsenodes.h).
 */
export function sourceOfVariable(variable: TreeNode, from: Scope, facts: Facts): Source {
  const scope = scopeAt(from, variable.int('varlevelsup'));
  const entry = scope.query.children('rtable')[variable.int('varno') - 1];
  const column = variable.int('varattno');
  if (entry === null || entry === undefined) return UNKNOWN;
  switch (entry.int('rtekind')) {
    case 0:
      return storedColumn(entry, column, facts);
    case 1: {
      const query = entry.child('subquery');
      return query === null ? UNKNOWN : { kind: 'query', of: { query, outer: scope }, column };
    }
    case 2:
      return joinColumn(entry, variable, scope);
    case 3:
      return functionColumn(entry, column, scope);
    case 5: {
      const rows = entry.values('values_lists') as readonly (readonly TreeNode[])[];
      return { kind: 'either', of: rows.map((row) => valueSource(row[column - 1], scope)) };
    }
    case 6:
      return commonTableColumn(entry, column, scope);
    case 9:
      return valueSource(entry.children('groupexprs')[column - 1], scope);
    default:
      return UNKNOWN;
  }
}

/** Where a query's column comes from: what is selected, or returned, or in each branch of a `union`. */
export function sourceOfColumn({ query, outer }: QueryIn, column: number, facts: Facts): Source {
  const scope = scopeOf({ query, outer }, facts);
  const operation = query.child('setOperations');
  if (operation !== null) return setOperationColumn(operation, column, scope);
  const list = query.children(query.int('commandType') === COMMAND.select ? 'targetList' : 'returningList');
  const entry = list.find((each) => each?.int('resno') === column && !each.flag('resjunk'));
  return valueSource(entry?.child('expr'), scope);
}

const valueSource = (expression: TreeValue | undefined, scope: Scope): Source =>
  expression === null || expression === undefined
    ? UNKNOWN
    : { kind: 'value', expression: expression as TreeNode, scope };

function storedColumn(entry: TreeNode, column: number, facts: Facts): Source {
  const relation = entry.int('relid');
  const view = facts.relations.get(relation)?.view;
  if (view === null || view === undefined) return { kind: 'stored', relation, column };
  return { kind: 'query', of: { query: view, outer: null }, column };
}

function joinColumn(entry: TreeNode, variable: TreeNode, scope: Scope): Source {
  const alias = entry.children('joinaliasvars')[variable.int('varattno') - 1];
  if (alias?.tag !== 'COALESCEEXPR' || entry.int('jointype') !== FULL_JOIN) return valueSource(alias, scope);
  // `full join … using`: one of both sides is always there, so that what this join makes null does not matter.
  const own = variable.text('varno');
  const sides = alias
    .children('args')
    .map(
      (side) =>
        side?.map((field, value) =>
          field === 'varnullingrels' && Array.isArray(value)
            ? value.filter((join, i) => i === 0 || join !== own)
            : value,
        ) ?? null,
    );
  return { kind: 'either', of: sides.map((side) => valueSource(side, scope)) };
}

function functionColumn(entry: TreeNode, column: number, scope: Scope): Source {
  const functions = entry.children('functions');
  const columns = functions.reduce((sum, each) => sum + (each?.int('funccolcount') ?? 0), 0);
  if (entry.flag('funcordinality') && column === columns + 1) return { kind: 'present' };
  const call = functions[0]?.child('funcexpr');
  // `rows from (f(), g())` fills up the shorter with nulls.
  if (call === null || call === undefined || functions.length > 1) return UNKNOWN;
  return column < 1 ? UNKNOWN : { kind: 'function', call, scope, column };
}

function commonTableColumn(entry: TreeNode, column: number, scope: Scope): Source {
  const owner = scopeAt(scope, entry.int('ctelevelsup'));
  const name = entry.text('ctename');
  const query = owner.query
    .children('cteList')
    .find((each) => each?.text('ctename') === name)
    ?.child('ctequery');
  return query === null || query === undefined ? UNKNOWN : { kind: 'query', of: { query, outer: owner }, column };
}

function setOperationColumn(part: TreeNode, column: number, scope: Scope): Source {
  if (part.tag === 'RANGETBLREF') {
    const query = scope.query.children('rtable')[part.int('rtindex') - 1]?.child('subquery');
    return query === null || query === undefined ? UNKNOWN : { kind: 'query', of: { query, outer: scope }, column };
  }
  const [left, right] = [part.child('larg'), part.child('rarg')].map((side) =>
    side === null ? UNKNOWN : setOperationColumn(side, column, scope),
  ) as [Source, Source];
  if (part.int('op') === EXCEPT) return left;
  return { kind: part.int('op') === INTERSECT ? 'both' : 'either', of: [left, right] };
}
