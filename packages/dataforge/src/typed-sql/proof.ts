import type { Facts } from './facts.ts';
import type { TreeNode } from './node-tree.ts';
import type { Scope } from './scope.ts';
import type { Source } from './sources.ts';

/**
 * What is known of an array's elements: none is null, none ought to be (a table's column: Postgres cannot promise it, a
 * model has no word for it), or some may be. From best to worst.
 */
export const ELEMENTS = ['present', 'assumed', 'nullable'] as const;
export type Elements = (typeof ELEMENTS)[number];

export const worst = (all: readonly Elements[]): Elements =>
  ELEMENTS[Math.max(0, ...all.map((each) => ELEMENTS.indexOf(each)))] ?? 'nullable';

/** What the rules about the kinds of expressions need of one another. */
export interface Proof {
  readonly facts: Facts;
  /** The numbers of the parameters that are given values. */
  readonly given: ReadonlySet<number>;
  /** @returns true when it is proved that the value is not null, false when it is not known */
  present(expression: TreeNode | null, scope: Scope): boolean;
  sourcePresent(source: Source): boolean;
  elements(expression: TreeNode | null, scope: Scope): Elements;
  sourceElements(source: Source): Elements;
}

/** Whether an expression's value is proved not to be null. */
export type Rule = (expression: TreeNode, scope: Scope, proof: Proof) => boolean;

export const allPresent = (all: readonly (TreeNode | null)[], scope: Scope, proof: Proof): boolean =>
  all.every((each) => proof.present(each, scope));
