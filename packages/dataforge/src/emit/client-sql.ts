import type { Model } from '../ir/types.ts';
import { addForeignKey, createIndices, createTable, createTypes, fillScope, scriptsSql } from './table-sql.ts';

/**
 * The client's schema. Uniques, exclusions and foreign keys are checked at the end of a transaction, because the
 * server's changes arrive in its order and not in that of the constraints; nothing cascades by itself (SEMANTICS 6.4).
 */
export const clientSql = (model: Model): string =>
  [
    createTypes(model),
    scriptsSql(model, true),
    ...model.tables.map((table) => createTable(table, { deferrableUniques: true }) + createIndices(table)),
    ...model.tables.flatMap((table) =>
      table.foreignKeys.map((key) => addForeignKey(table, key, ' deferrable initially deferred')),
    ),
    ...model.tables.map((table) => fillScope(table, { lockParent: false })),
    scriptsSql(model, false),
  ]
    .filter(Boolean)
    .join('\n');
