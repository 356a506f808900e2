import { rowKey, type Op } from '@vibestack/sync-types';
import { tablesByName } from '../sync-do/view.ts';
import { Rejected } from './rejection.ts';
import type { WriterPorts } from './writer.ts';

/**
 * Checks an op against the generated schema of its table.
 *
 * @throws {Rejected} unknown table, unknown or read-only column, value of the wrong form, key that does not match
 */
export function validate(ports: WriterPorts, op: Op): Op {
  const table = tablesByName(ports.schema).get(op.table);
  const schemas = ports.rowSchemas[op.table];
  const where = { table: op.table, key: op.key };
  if (!table || !schemas) throw new Rejected({ code: 'unknown_table', message: 'There is no such table.', ...where });
  if (op.op === 'delete') return op;
  const parsed = (op.op === 'insert' ? schemas.insert : schemas.patch).safeParse(op.row);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const column = issue?.path[0];
    throw new Rejected({
      code: 'invalid_value',
      message: issue?.message ?? 'A value is not valid.',
      ...where,
      ...(typeof column === 'string' ? { column } : {}),
    });
  }
  if (op.op === 'insert' && rowKey(table.key, op.row) !== op.key) {
    throw new Rejected({ code: 'key_mismatch', message: 'The row and its key do not agree.', ...where });
  }
  if (op.op === 'patch' && table.key.some((column) => column in op.row)) {
    throw new Rejected({ code: 'key_immutable', message: 'A primary key cannot be changed.', ...where });
  }
  return op;
}
