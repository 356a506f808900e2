import type { Model, TableModel } from '../ir/types.ts';
import { SYSTEM_SQL } from './system-sql.ts';
import { addForeignKey, createIndices, createTable, fillScope, list, quote } from './table-sql.ts';

/** The server's first migration: the framework's tables, the application's, and what keeps them in step with clients. */
export function serverSql(model: Model): string {
  const synced = model.tables.filter(({ scope }) => scope !== null);
  const published = new Set([
    ...synced.map(({ name }) => name),
    ...model.scopes.flatMap(({ memberTables }) => memberTables),
  ]);
  return [
    SYSTEM_SQL,
    ...model.tables.map((table) => tableSql(table)),
    ...synced.map(syncSql),
    `create publication vibestack for table ${[...[...published].sort().map(quote), 'vibestack.sync_result'].join(', ')};\n`,
  ].join('\n');
}

function tableSql(table: TableModel): string {
  const keys = table.foreignKeys.map((key) => {
    const deletion = key.onDelete === 'NO ACTION' ? '' : ` on delete ${key.onDelete.toLowerCase()}`;
    const update = key.onUpdate === 'NO ACTION' ? '' : ` on update ${key.onUpdate.toLowerCase()}`;
    return addForeignKey(table, key, deletion + update);
  });
  return createTable(table, { deferrableUniques: false }) + createIndices(table) + keys.join('');
}

function syncSql(table: TableModel): string {
  const key = table.key.map((column) => `'${column.replaceAll("'", "''")}'`).join(', ');
  const name = quote(table.name);
  const touched = table.columns.some((column) => column.name === 'updated_at');
  return [
    fillScope(table, { lockParent: true }),
    `create trigger vibestack_clock after insert or update or delete on ${name}\n  for each row execute function vibestack.clock_row(${key});\n`,
    `alter table ${name} enable always trigger vibestack_clock;\n`,
    `create trigger vibestack_clock_truncate after truncate on ${name}\n  for each statement execute function vibestack.clock_truncate();\n`,
    `alter table ${name} enable always trigger vibestack_clock_truncate;\n`,
    touched
      ? `create trigger vibestack_touch before update on ${name}\n  for each row execute function vibestack.touch_row();\n`
      : '',
    replicaIdentity(table),
  ].join('');
}

/** Types whose values may be stored out of line, and then are missing from the WAL when they did not change. */
const TOASTABLE = /^(text|character|jsonb?|bytea|numeric|xml|tsvector)|\[\]$/;

/**
 * A row that moves to another scope must arrive there whole, and one that leaves must tell where it was: with TOASTable
 * columns only the full old row can promise the first, a key with the scope column the second (SEMANTICS 2.5).
 */
function replicaIdentity(table: TableModel): string {
  const column = table.scope?.column;
  if (column === undefined || table.key.includes(column)) return '';
  const nullable = table.columns.find(({ name }) => name === column)?.nullable ?? true;
  if (nullable || table.columns.some(({ type }) => TOASTABLE.test(type))) {
    return `alter table ${quote(table.name)} replica identity full;\n`;
  }
  const index = quote(`ri_${table.name}`);
  return (
    `create unique index ${index} on ${quote(table.name)} (${list([...table.key, column])});\n` +
    `alter table ${quote(table.name)} replica identity using index ${index};\n`
  );
}
