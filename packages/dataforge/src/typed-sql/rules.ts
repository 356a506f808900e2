import { aggregatePresent, windowPresent } from './aggregates.ts';
import { arrayOperatorPresent, functionPresent, operatorPresent } from './calls.ts';
import type { TreeNode } from './node-tree.ts';
import { allPresent, type Rule } from './proof.ts';
import { sublinkPresent } from './sublinks.ts';
import { parameterPresent, variablePresent } from './variables.ts';

const always: Rule = () => true;

const argument =
  (field: string): Rule =>
  (expression, scope, proof) =>
    proof.present(expression.child(field), scope);

const everyArgument: Rule = (expression, scope, proof) => allPresent(expression.children('args'), scope, proof);

const anyArgument: Rule = (expression, scope, proof) =>
  expression.children('args').some((arg) => proof.present(arg, scope));

/** `else` is there even where it was not written: as a null. */
const caseResults = (expression: TreeNode): readonly (TreeNode | null)[] => [
  ...expression.children('args').map((when) => when?.child('result') ?? null),
  expression.child('defresult'),
];

/** `current_schema`, the last of `SQLValueFunctionOp`, is null when no schema of the search path exists. */
const CURRENT_SCHEMA = 14;
/** `JsonConstructorType`s `json_object()` and `json_array()`. */
const JSON_CONSTRUCTORS = [1, 2];

/**
 * When the value of which kind of expression is not null. A kind that is not here may be null.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/primnodes.h
 */
export const RULES: Readonly<Record<string, Rule>> = {
  VAR: variablePresent,
  PARAM: parameterPresent,
  CONST: (constant) => !constant.flag('constisnull'),

  FUNCEXPR: functionPresent,
  OPEXPR: operatorPresent,
  SCALARARRAYOPEXPR: arrayOperatorPresent,
  ROWCOMPAREEXPR: (expression, scope, proof) =>
    allPresent([...expression.children('largs'), ...expression.children('rargs')], scope, proof),
  AGGREF: aggregatePresent,
  WINDOWFUNC: windowPresent,
  SUBLINK: sublinkPresent,

  BOOLEXPR: everyArgument,
  COALESCEEXPR: anyArgument,
  MINMAXEXPR: anyArgument,
  CASEEXPR: (expression, scope, proof) => allPresent(caseResults(expression), scope, proof),

  RELABELTYPE: argument('arg'),
  COLLATEEXPR: argument('arg'),
  COERCEVIAIO: argument('arg'),
  ARRAYCOERCEEXPR: argument('arg'),
  CONVERTROWTYPEEXPR: argument('arg'),
  NAMEDARGEXPR: argument('arg'),
  JSONISPREDICATE: argument('expr'),
  COERCETODOMAIN: (expression, scope, proof) =>
    proof.facts.notNullDomains.has(expression.int('resulttype')) || proof.present(expression.child('arg'), scope),

  // An element in the course of an array's cast; the conditions of `case x when …`, which have it too, do not matter.
  CASETESTEXPR: always,

  SQLVALUEFUNCTION: (expression) => expression.int('op') < CURRENT_SCHEMA,
  JSONCONSTRUCTOREXPR: (expression) => JSON_CONSTRUCTORS.includes(expression.int('type')),
  NULLTEST: always,
  BOOLEANTEST: always,
  DISTINCTEXPR: always,
  GROUPINGFUNC: always,
  MERGESUPPORTFUNC: always,
  NEXTVALUEEXPR: always,
  ARRAYEXPR: always,
  ROWEXPR: always,
};
