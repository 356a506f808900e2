import { whenTrue } from './filters.ts';
import type { FunctionFact } from './facts.ts';
import type { TreeNode } from './node-tree.ts';
import { allPresent, type Proof } from './proof.ts';
import type { Scope } from './scope.ts';

/** Numbers, of which there is always one. */
const COUNTING = ['count', 'regr_count', 'row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'];
/** They keep nulls, so that of any row at all there is something. */
const COLLECTING = ['array_agg', 'json_agg', 'jsonb_agg', 'json_object_agg', 'jsonb_object_agg'];
/** They leave nulls out, so that there is something of any row that has none. */
const SUMMING = [
  ...['any_value', 'avg', 'bit_and', 'bit_or', 'bit_xor', 'bool_and', 'bool_or', 'every', 'max', 'min', 'range_agg'],
  ...['string_agg', 'sum', 'first_value', 'last_value'],
];

/** Of no rows, most aggregates are null; a group has rows, unless it is the group of all (`grouping sets (())`). */
export function aggregatePresent(call: TreeNode, scope: Scope, proof: Proof): boolean {
  const called = proof.facts.functions.get(call.int('aggfnoid'));
  if (called === undefined || !called.builtin) return false;
  if (COUNTING.includes(called.name)) return call.text('aggkind') === 'n';
  const { query } = scope;
  return (
    call.int('agglevelsup') === 0 &&
    call.get('aggfilter') === null &&
    query.get('groupClause') !== null &&
    query.get('groupingSets') === null &&
    isSomething(called, aggregated(call), scope, proof)
  );
}

/** What an aggregate is over, without what it is only ordered by. */
export const aggregated = (call: TreeNode): readonly (TreeNode | null)[] =>
  call.children('args').flatMap((entry) => (entry === null || entry.flag('resjunk') ? [] : [entry.child('expr')]));

/** The scope of an aggregate's arguments: only rows that its own filter lets through count. */
export function filteredScope(call: TreeNode, scope: Scope, proof: Proof): Scope {
  const filtered = whenTrue(call.child('aggfilter'), proof.facts);
  return { ...scope, present: new Set([...scope.present, ...filtered]) };
}

export function windowPresent(call: TreeNode, scope: Scope, proof: Proof): boolean {
  const called = proof.facts.functions.get(call.int('winfnoid'));
  if (called === undefined || !called.builtin) return false;
  const args = call.children('args');
  if (COUNTING.includes(called.name)) return true;
  if (called.name === 'ntile' || isShiftWithDefault(called, args)) return allPresent(args, scope, proof);
  const hasCurrentRow = isDefaultFrame(call, scope.query) && call.get('aggfilter') === null;
  return hasCurrentRow && isSomething(called, args, scope, proof);
}

const isSomething = ({ name }: FunctionFact, args: readonly (TreeNode | null)[], scope: Scope, proof: Proof): boolean =>
  COLLECTING.includes(name) || (SUMMING.includes(name) && allPresent(args, scope, proof));

/** `lag(value, by, default)` */
const isShiftWithDefault = ({ name }: FunctionFact, args: readonly unknown[]): boolean =>
  (name === 'lag' || name === 'lead') && args.length === 3;

/** Up to and with the current row, which another frame may leave out (`FRAMEOPTION_NONDEFAULT`). */
function isDefaultFrame(call: TreeNode, query: TreeNode): boolean {
  const ref = call.int('winref');
  const window = query.children('windowClause').find((each) => each?.int('winref') === ref);
  return window !== null && window !== undefined && (window.int('frameOptions') & 1) === 0;
}
