import type { TreeNode } from './node-tree.ts';

/** A text or an array begins with its length; an array goes on with its dimensions and, if it holds nulls, their place. */
const LENGTH_BYTES = 4;
const NULLS_PLACE = [8, 12] as const;

/** @returns the text of a constant of ASCII; null for what is no constant */
export function constantText(node: TreeNode | null | undefined): string | null {
  const bytes = bytesOf(node);
  return bytes === null ? null : String.fromCharCode(...bytes.slice(LENGTH_BYTES));
}

/** @returns whether the node is an array that is constant and holds no nulls (`dataoffset` of Postgres's array.h is 0) */
export function isArrayWithoutNulls(node: TreeNode): boolean {
  return (
    bytesOf(node)
      ?.slice(...NULLS_PLACE)
      .every((byte) => byte === 0) === true
  );
}

/** A constant is printed as `length [ bytes ]`. */
function bytesOf(node: TreeNode | null | undefined): readonly number[] | null {
  if (node?.tag !== 'CONST' || node.flag('constisnull')) return null;
  return node.values('constvalue').slice(2, -1).map(Number);
}
