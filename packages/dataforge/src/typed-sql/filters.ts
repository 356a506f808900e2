import type { Facts } from './facts.ts';
import type { TreeNode } from './node-tree.ts';

/** `CmdType` and `JoinType` of Postgres's nodes.h. */
export const COMMAND = { select: 1, update: 2, insert: 3, delete: 4, merge: 5 } as const;
const INNER_JOIN = 0;
/** `NullTestType`, and the `BoolTestType`s that null fails: is true, is false, is not unknown. */
const IS_NOT_NULL = 1;
const KNOWN = [0, 2, 5];
/** `SubLinkType` */
const ANY_SUBLINK = 2;

type Variables = ReadonlySet<string>;
const NONE: Variables = new Set();

/** Names a variable as it is above certain outer joins: beneath them it is another, that may lack a null it has here. */
export const variableKey = (variable: TreeNode): string => keyOf(variable, variable.text('varattno'));

/** Names the row that a variable is of, in the same way: where one of its columns is not null, no join made it null. */
export const rowKey = (variable: TreeNode): string => keyOf(variable, 'row');

const keyOf = (variable: TreeNode, what: string): string =>
  `${variable.int('varno')}.${what}.${variable.ints('varnullingrels').join('+')}`;

/**
 * The variables, and rows, that a query's `where` and the conditions of its inner joins let through only when they are
 * not null: their keys.
 *
 * An update's condition speaks of the row as it was, not of what `returning` gives; a merge's rows need not meet any.
 */
export function presentVariables(query: TreeNode, facts: Facts): Variables {
  const command = query.int('commandType');
  const from = query.child('jointree');
  if (from === null || command === COMMAND.merge) return NONE;
  const present = new Set(joinFilters(from, facts));
  if (command === COMMAND.update) {
    const written = `${query.int('resultRelation')}.`;
    for (const key of present) if (key.startsWith(written)) present.delete(key);
  }
  return present;
}

function joinFilters(from: TreeNode, facts: Facts): Variables {
  const inner = from.tag === 'FROMEXPR' || (from.tag === 'JOINEXPR' && from.int('jointype') === INNER_JOIN);
  const parts =
    from.tag === 'FROMEXPR'
      ? from.children('fromlist')
      : from.tag === 'JOINEXPR'
        ? [from.child('larg'), from.child('rarg')]
        : [];
  const quals = inner ? whenTrue(from.child('quals'), facts) : NONE;
  return union([quals, ...parts.map((part) => (part === null ? NONE : joinFilters(part, facts)))]);
}

/** The variables that are not null where a condition is true. */
export function whenTrue(condition: TreeNode | null, facts: Facts): Variables {
  switch (condition?.tag) {
    case 'BOOLEXPR': {
      const each = (rule: typeof whenTrue) => condition.children('args').map((arg) => rule(arg, facts));
      if (condition.text('boolop') === 'and') return union(each(whenTrue));
      return condition.text('boolop') === 'or' ? intersection(each(whenTrue)) : union(each(whenKnown));
    }
    case 'NULLTEST':
      return condition.int('nulltesttype') === IS_NOT_NULL ? whenKnown(condition.child('arg'), facts) : NONE;
    case 'BOOLEANTEST':
      return KNOWN.includes(condition.int('booltesttype')) ? whenKnown(condition.child('arg'), facts) : NONE;
    case 'SCALARARRAYOPEXPR':
      // For `all` an empty array makes it true, whatever is compared.
      return condition.flag('useOr') && isStrict(condition, 'opfuncid', facts)
        ? whenKnown(condition.children('args')[0] ?? null, facts)
        : NONE;
    case 'SUBLINK':
      return condition.int('subLinkType') === ANY_SUBLINK ? whenTrue(condition.child('testexpr'), facts) : NONE;
    default:
      return whenKnown(condition, facts);
  }
}

/** The variables that are not null where an expression is not: it is made of strict functions. */
function whenKnown(expression: TreeNode | null, facts: Facts): Variables {
  switch (expression?.tag) {
    case 'VAR':
      return expression.int('varlevelsup') === 0 ? new Set([variableKey(expression), rowKey(expression)]) : NONE;
    case 'RELABELTYPE':
    case 'COERCEVIAIO':
    case 'COLLATEEXPR':
      return whenKnown(expression.child('arg'), facts);
    case 'OPEXPR':
      return isStrict(expression, 'opfuncid', facts) ? argsKnown(expression, facts) : NONE;
    case 'FUNCEXPR':
      return isStrict(expression, 'funcid', facts) ? argsKnown(expression, facts) : NONE;
    default:
      return NONE;
  }
}

const argsKnown = (call: TreeNode, facts: Facts): Variables =>
  union(call.children('args').map((arg) => whenKnown(arg, facts)));

const isStrict = (call: TreeNode, field: string, facts: Facts): boolean =>
  facts.functions.get(call.int(field))?.strict === true;

const union = (sets: readonly Variables[]): Variables => new Set(sets.flatMap((set) => [...set]));

const intersection = (sets: readonly Variables[]): Variables =>
  sets.reduce((common, set) => new Set([...common].filter((key) => set.has(key))));
