import type { Op, Row } from '@vibestack/sync-types';

/**
 * What a person sees of a row: their pending ops, in order, on what the server last said of it (SEMANTICS 6.1).
 *
 * @param shadow  the complete server row; null when it has none
 * @returns null when there is nothing to see
 */
export function rebase(shadow: Row | null, ops: readonly Op[]): Row | null {
  let row = shadow;
  for (const op of ops) {
    switch (op.op) {
      case 'insert':
        row = { ...row, ...op.row };
        break;
      case 'patch':
        row = row && { ...row, ...op.row };
        break;
      case 'delete':
        row = null;
        break;
      default:
        op satisfies never;
    }
  }
  return row;
}
