import type { Facts } from './facts.ts';
import type { TreeNode } from './node-tree.ts';
import { Prover } from './prover.ts';
import type { Source } from './sources.ts';

export interface ColumnNulls {
  /** It is not proved that the column is never null. */
  readonly nullable: boolean;
  /** If the column holds arrays: they may have nulls in them. */
  readonly elementsNullable: boolean;
}

/**
 * What nulls the columns of a query's rows may hold.
 *
 * @param columns  how many
 * @param given    the numbers of the parameters that are given values, never null
 */
export function nullability(
  query: TreeNode,
  columns: number,
  facts: Facts,
  given: ReadonlySet<number>,
): readonly ColumnNulls[] {
  const prover = new Prover(facts, given);
  return Array.from({ length: columns }, (_, i) => {
    const source: Source = { kind: 'query', of: { query, outer: null }, column: i + 1 };
    return {
      nullable: !prover.sourcePresent(source),
      elementsNullable: prover.sourceElements(source) === 'nullable',
    };
  });
}
