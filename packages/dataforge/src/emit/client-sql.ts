import type { Model } from '../ir/types.ts';
import { addForeignKey, createIndices, createTable, fillScope } from './table-sql.ts';

/**
 * The client's first migration. Uniques and foreign keys are checked at the end of a transaction, because the server's
 * changes arrive in its order and not in that of the constraints; nothing cascades by itself (SEMANTICS 6.4).
 */
export const clientSql = (model: Model): string =>
  model.tables
    .map((table) =>
      [
        createTable(table, { deferrableUniques: true }),
        createIndices(table),
        ...table.foreignKeys.map((key) => addForeignKey(table, key, ' deferrable initially deferred')),
        fillScope(table, { lockParent: false }),
      ].join(''),
    )
    .join('\n');
