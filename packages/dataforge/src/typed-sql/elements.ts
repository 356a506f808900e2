import { aggregated, filteredScope } from './aggregates.ts';
import { isArrayWithoutNulls } from './constants.ts';
import { typeOf } from './facts.ts';
import type { TreeNode } from './node-tree.ts';
import { worst, type Elements, type Proof } from './proof.ts';
import type { Scope } from './scope.ts';
import { sourceOfVariable, type Source } from './sources.ts';

const ARRAY_SUBLINK = 6;
/** Whose elements are pieces of text, or places. */
const MAKING = [
  'array_positions(anycompatiblearray,anycompatible)',
  'regexp_split_to_array(text,text)',
  'regexp_split_to_array(text,text,text)',
  'string_to_array(text,text)',
];
/** Whose elements are those of the arguments, and the arguments that are none. */
const JOINING = ['array_append', 'array_cat', 'array_prepend'];
/** Whose elements are some of the first argument's. */
const KEEPING = ['array_remove', 'array_reverse', 'array_sample', 'array_shuffle', 'array_sort', 'trim_array'];

/**
 * What is known of the elements of an expression's value, where that is an array.
 *
 * Parameters are 'present': their TypeScript type says so.
 */
export function elementsOf(expression: TreeNode, scope: Scope, proof: Proof): Elements {
  const all = (expressions: readonly (TreeNode | null)[]): Elements =>
    worst(expressions.map((each) => proof.elements(each, scope)));
  switch (expression.tag) {
    case 'VAR':
      return proof.sourceElements(sourceOfVariable(expression, scope, proof.facts));
    case 'PARAM':
      return 'present';
    case 'CONST':
      return expression.flag('constisnull') || isArrayWithoutNulls(expression) ? 'present' : 'nullable';
    case 'ARRAYEXPR':
      return worst(expression.children('elements').map((each) => putIn(each, scope, proof)));
    case 'SUBLINK':
      return expression.int('subLinkType') === ARRAY_SUBLINK ? selectedElements(expression, scope, proof) : 'nullable';
    case 'COALESCEEXPR':
    case 'MINMAXEXPR':
      return all(expression.children('args'));
    case 'CASEEXPR':
      return all([
        ...expression.children('args').map((when) => when?.child('result') ?? null),
        expression.child('defresult'),
      ]);
    case 'RELABELTYPE':
    case 'COLLATEEXPR':
      return proof.elements(expression.child('arg'), scope);
    case 'ARRAYCOERCEEXPR':
      return proof.present(expression.child('elemexpr'), scope)
        ? proof.elements(expression.child('arg'), scope)
        : 'nullable';
    case 'SUBSCRIPTINGREF':
      // A slice has lower bounds, were they left out too; one element of an array is none.
      return expression.get('reflowerindexpr') === null
        ? 'nullable'
        : proof.elements(expression.child('refexpr'), scope);
    case 'AGGREF':
      return aggregateElements(expression, scope, proof);
    case 'FUNCEXPR':
      return callElements(expression, 'funcid', scope, proof);
    case 'OPEXPR':
      return callElements(expression, 'opfuncid', scope, proof);
    default:
      return 'nullable';
  }
}

/** What a value adds to an array that it is put into: itself, or its own elements, for arrays do not nest. */
function putIn(value: TreeNode | null, scope: Scope, proof: Proof): Elements {
  if (value === null) return 'nullable';
  if (mayBeArray(value, proof)) return proof.elements(value, scope);
  return proof.present(value, scope) ? 'present' : 'nullable';
}

/** Subqueries do not say their type. */
function mayBeArray(value: TreeNode, { facts }: Proof): boolean {
  const type = typeOf(value);
  return type === null ? value.tag === 'SUBLINK' : facts.arrayTypes.has(type);
}

/** `array(select …)` */
function selectedElements(sublink: TreeNode, scope: Scope, proof: Proof): Elements {
  const query = sublink.child('subselect');
  const selected = query?.children('targetList')[0]?.child('expr');
  if (query === null || selected === null || selected === undefined) return 'nullable';
  const source: Source = { kind: 'query', of: { query, outer: scope }, column: 1 };
  if (mayBeArray(selected, proof)) return proof.sourceElements(source);
  return proof.sourcePresent(source) ? 'present' : 'nullable';
}

function aggregateElements(call: TreeNode, scope: Scope, proof: Proof): Elements {
  const called = proof.facts.functions.get(call.int('aggfnoid'));
  if (called?.builtin !== true || called.name !== 'array_agg') return 'nullable';
  const inner = call.int('agglevelsup') === 0 ? filteredScope(call, scope, proof) : scope;
  return putIn(aggregated(call)[0] ?? null, inner, proof);
}

function callElements(call: TreeNode, field: string, scope: Scope, proof: Proof): Elements {
  const called = proof.facts.functions.get(call.int(field));
  if (called?.builtin !== true) return 'nullable';
  const args = call.children('args');
  if (JOINING.includes(called.name)) return worst(args.map((arg) => putIn(arg, scope, proof)));
  if (KEEPING.includes(called.name)) return proof.elements(args[0] ?? null, scope);
  return MAKING.includes(called.signature) ? 'present' : 'nullable';
}
