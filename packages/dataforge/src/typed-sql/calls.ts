import { constantText } from './constants.ts';
import type { TreeNode } from './node-tree.ts';
import { allPresent, type Proof } from './proof.ts';
import type { Scope } from './scope.ts';
import { DECIDING, ENDLESS_PARTS, isTotalFunction, isTotalOperator, isTotalSet } from './total.ts';

export function functionPresent(call: TreeNode, scope: Scope, proof: Proof): boolean {
  if (call.flag('funcretset')) return isOnlySet(call, scope) && setPresent(call, 1, scope, proof);
  const called = proof.facts.functions.get(call.int('funcid'));
  if (called === undefined || !called.builtin) return false;
  const args = call.children('args');
  const deciding = DECIDING.get(called.name);
  // Null for `variadic` is null for all of them.
  if (deciding !== undefined && !call.flag('funcvariadic')) return allPresent(args.slice(0, deciding), scope, proof);
  const total =
    isTotalFunction(called) || (isPartOfTime(called.name) && ENDLESS_PARTS.has(constantText(args[0]) ?? ''));
  return total && allPresent(args, scope, proof);
}

/** Of the day, the hour and so on of `infinity`, there is none. */
const isPartOfTime = (name: string): boolean => name === 'extract' || name === 'date_part';

export const operatorPresent = (call: TreeNode, scope: Scope, proof: Proof): boolean =>
  isTotal(call, proof) && allPresent(call.children('args'), scope, proof);

/** `x = any (array)`: an element that is null makes it null, unless another decides. */
export function arrayOperatorPresent(call: TreeNode, scope: Scope, proof: Proof): boolean {
  const args = call.children('args');
  return isTotal(call, proof) && allPresent(args, scope, proof) && proof.elements(args[1] ?? null, scope) === 'present';
}

function isTotal(call: TreeNode, { facts }: Proof): boolean {
  const operator = facts.operators.get(call.int('opno'));
  return operator !== undefined && isTotalOperator(operator);
}

/** @returns whether a column of the rows of a set-returning function, if there are any, is never null */
export function setPresent(call: TreeNode, column: number, scope: Scope, proof: Proof): boolean {
  const called = proof.facts.functions.get(call.int('funcid'));
  if (called === undefined || !called.builtin) return false;
  if (called.signature === 'unnest(anyarray)') {
    return proof.elements(call.children('args')[0] ?? null, scope) === 'present';
  }
  return isTotalSet(called) || (KEYED.includes(called.name) && column === 1);
}

/** Their keys are never null, their values are where JSON's are. */
const KEYED = ['json_each_text', 'jsonb_each_text'];

const SET_FLAGS = ['funcretset', 'opretset'];

/** Of several sets in one list of columns, the shorter are filled up with nulls. */
function isOnlySet(call: TreeNode, { query }: Scope): boolean {
  const sets = query
    .children('targetList')
    .flatMap((entry) => [...(entry?.walk() ?? [])])
    .filter((node) => SET_FLAGS.some((flag) => node.has(flag) && node.flag(flag)));
  return sets.length === 1 && sets[0] === call;
}
