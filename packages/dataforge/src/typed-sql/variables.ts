import { COMMAND, rowKey, variableKey } from './filters.ts';
import type { TreeNode } from './node-tree.ts';
import type { Proof } from './proof.ts';
import { scopeAt, type Scope } from './scope.ts';
import { sourceOfVariable } from './sources.ts';

/** `ParamKind`s: what the caller gives, and a column of the subquery of `any (select …)`. */
const EXTERNAL = 0;
const SUBLINK = 2;

export function parameterPresent(param: TreeNode, scope: Scope, proof: Proof): boolean {
  const id = param.int('paramid');
  if (param.int('paramkind') === EXTERNAL) return proof.given.has(id);
  if (param.int('paramkind') !== SUBLINK || scope.compared === null) return false;
  return proof.sourcePresent({ kind: 'query', of: scope.compared, column: id });
}

export function variablePresent(variable: TreeNode, from: Scope, proof: Proof): boolean {
  const scope = scopeAt(from, variable.int('varlevelsup'));
  if (!isRowThere(variable, scope, proof)) return false;
  if (scope.present.has(variableKey(variable))) return true;
  // An outer join above, or grouping sets, may have made it null.
  const isWhole = variable.ints('varnullingrels').length === 0 || scope.present.has(rowKey(variable));
  return isWhole && proof.sourcePresent(sourceOfVariable(variable, from, proof.facts));
}

/** Old and new rows of a change are not always there, nor what a merge compared; a rule returns what it likes. */
function isRowThere(variable: TreeNode, { query }: Scope, { facts }: Proof): boolean {
  const command = query.int('commandType');
  if (command === COMMAND.select) return true;
  if (variable.int('varno') !== query.int('resultRelation')) return command !== COMMAND.merge;
  const relation = query.children('rtable')[variable.int('varno') - 1]?.int('relid') ?? 0;
  if (facts.relations.get(relation)?.hasRules !== false) return false;
  const whose = WHOSE_ROW[variable.int('varreturningtype')];
  return whose !== undefined && whose.includes(command);
}

/** By `VarReturningType`: the commands after which the row, its old and its new version exist. */
const WHOSE_ROW: readonly (readonly number[])[] = [
  [COMMAND.insert, COMMAND.update, COMMAND.delete, COMMAND.merge],
  [COMMAND.update, COMMAND.delete],
  [COMMAND.insert, COMMAND.update],
];
