import { list, literal, objectName, quote } from '../ir/names.ts';
import { isClientWritable, isSynced } from '../ir/side.ts';
import type { ForeignKeyModel, Model, TableModel } from '../ir/types.ts';
import { SYSTEM_SQL } from './system-sql.ts';
import { addForeignKey, createIndices, createTable, createTypes, fillScope, scriptsSql } from './table-sql.ts';

/** The server's schema: the framework's tables, the application's, and what keeps them in step with clients. */
export const serverSql = (model: Model): string =>
  [
    SYSTEM_SQL,
    createTypes(model),
    scriptsSql(model, true),
    ...model.tables.map((table) => createTable(table, { deferrableUniques: false }) + createIndices(table)),
    ...model.tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKey(table, key, tailOf(key)))),
    ...model.tables.map(triggers),
    scriptsSql(model, false),
    publication(model),
  ]
    .filter(Boolean)
    .join('\n');

function tailOf({ onDelete, onUpdate, deferrable }: ForeignKeyModel): string {
  const deletion = onDelete === 'NO ACTION' ? '' : ` on delete ${onDelete.toLowerCase()}`;
  const update = onUpdate === 'NO ACTION' ? '' : ` on update ${onUpdate.toLowerCase()}`;
  const deferral = deferrable === null ? '' : ` deferrable ${deferrable.toLowerCase()}`;
  return deletion + update + deferral;
}

function triggers(table: TableModel): string {
  const name = quote(table.name);
  return [
    isSynced(table) ? fillScope(table, { lockParent: true }) : '',
    isClientWritable(table) ? clock(table) : '',
    table.columns.some(({ name: column, role }) => role === 'updated' && column === 'updated_at')
      ? `create trigger vibestack_touch before update on ${name}\n  for each row execute function vibestack.touch_row();\n`
      : '',
    isSynced(table) ? replicaIdentity(table) : '',
  ].join('');
}

/** Who writes without the framework is clocked too: always, for COPY and logical apply as well (SEMANTICS 5.2). */
function clock({ name: table, key }: TableModel): string {
  const name = quote(table);
  return [
    `create trigger vibestack_clock after insert or update or delete on ${name}\n  for each row execute function vibestack.clock_row(${key.map(literal).join(', ')});\n`,
    `alter table ${name} enable always trigger vibestack_clock;\n`,
    `create trigger vibestack_clock_truncate after truncate on ${name}\n  for each statement execute function vibestack.clock_truncate();\n`,
    `alter table ${name} enable always trigger vibestack_clock_truncate;\n`,
  ].join('');
}

/** Types whose values may be stored out of line, and then are missing from the WAL when they did not change. */
const FIXED_LENGTH =
  /^(smallint|integer|bigint|real|double precision|boolean|uuid|date|time|timestamp|interval|money|oid|macaddr|point|line|lseg|box|circle)/;

/**
 * A row that moves to another scope must arrive there whole, and one that leaves must tell where it was: with TOASTable
 * columns only the full old row can promise the first, a key with the scope column the second (SEMANTICS 2.5).
 */
function replicaIdentity(table: TableModel): string {
  const column = table.scope?.column ?? null;
  if (column === null || table.key.includes(column)) return '';
  const nullable = table.columns.find(({ name }) => name === column)?.nullable ?? true;
  const isToastable = ({ type, enum: label, generated }: TableModel['columns'][number]) =>
    generated?.kind !== 'virtual' && (type.endsWith('[]') || (label === null && !FIXED_LENGTH.test(type)));
  if (nullable || table.columns.some(isToastable)) return `alter table ${quote(table.name)} replica identity full;\n`;
  const index = quote(objectName('ri', table.name));
  return (
    `create unique index ${index} on ${quote(table.name)} (${list([...table.key, column])});\n` +
    `alter table ${quote(table.name)} replica identity using index ${index};\n`
  );
}

/**
 * From Postgres 18 on, a full replica identity may not hold a generated column that is not published: every update would
 * be refused. Older ones do not know the parameter.
 */
const PUBLISH_GENERATED = `do $$ begin
  if current_setting('server_version_num')::int >= 180000 then
    alter publication vibestack set (publish_generated_columns = stored);
  end if;
end $$;
`;

function publication(model: Model): string {
  const synced = model.tables.filter(isSynced);
  const members = model.scopes.flatMap(({ memberTables }) => memberTables);
  const tables = [...new Set([...synced.map(({ name }) => name), ...members])].sort().map(quote);
  const isComputed = synced.some(({ columns }) => columns.some(({ generated }) => generated?.kind === 'stored'));
  return (
    `create publication vibestack for table ${[...tables, 'vibestack.sync_result'].join(', ')};\n` +
    (isComputed ? PUBLISH_GENERATED : '')
  );
}
