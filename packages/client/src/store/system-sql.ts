import type { SyncSchema, SyncTable } from '@vibestack/sync-types';

/** The framework's own tables on the client. */
export const SYSTEM_SQL = `
create schema vibestack;
create table vibestack.migration (version integer primary key, hash text not null);
create table vibestack.state (key text primary key, value text not null);
create table vibestack.scope (scope_key text primary key);
create table vibestack.outbox (
  ordinal bigint generated always as identity primary key,
  client_id text not null, id bigint not null, hash text not null, hlc text not null,
  schema_version integer not null, ops text not null, unique (client_id, id));
create table vibestack.pending_op (
  ordinal bigint not null, seq integer not null, table_name text not null, row_key text not null, op text not null,
  primary key (ordinal, seq));
create index pending_op_row on vibestack.pending_op (table_name, row_key);
create table vibestack.shadow (
  table_name text not null, row_key text not null, "row" text, primary key (table_name, row_key));
create table vibestack.quarantine (
  table_name text not null, row_key text not null, primary key (table_name, row_key));
create table vibestack.watermark (client_id text primary key, id bigint not null);
create table vibestack.rejection (
  client_id text not null, id bigint not null, error text not null, ops text not null, primary key (client_id, id));
create unlogged table vibestack.capture (
  seq bigint generated always as identity primary key,
  table_name text not null, op text not null, row_key text not null, "old" text, "new" text);
`;

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Columns of one `jsonb_build_object`: Postgres takes 100 arguments at most. */
const OBJECT_COLUMNS = 40;

/** A row as JSON of texts, each value as Postgres prints it. */
function rowJson({ columns }: SyncTable, alias: string): string {
  const pairs = columns.map(({ name }) => `${literal(name)}, ${alias}.${quote(name)}::text`);
  const objects: string[] = [];
  for (let at = 0; at < pairs.length; at += OBJECT_COLUMNS) {
    objects.push(`jsonb_build_object(${pairs.slice(at, at + OBJECT_COLUMNS).join(', ')})`);
  }
  return `(${objects.join(' || ')})::text`;
}

/** The row key as \`rowKey\` of sync-types writes it. */
function keyText({ key }: SyncTable, alias: string): string {
  const values = key.map((column) => `${alias}.${quote(column)}::text`);
  return values.length === 1
    ? (values[0] as string)
    : `'[' || ${values.map((v) => `to_json(${v})::text`).join(` || ',' || `)} || ']'`;
}

/**
 * Triggers that note what local SQL does to a table.
 *
 * Per statement, with transition tables, so that bulk statements cost one call; switched off by a setting while the
 * server's changes are applied. (\`session_replication_role\` would switch foreign keys off too.) Without
 * \`enable_nestloop = off\` the join of old and new rows, which have no statistics, is quadratic.
 */
function captureSql(table: SyncTable): string {
  const local = `when (current_setting('vibestack.applying', true) is distinct from 'on')`;
  const on = quote(table.name);
  const name = (event: string) => `vibestack.${quote(`capture_${table.name}_${event}`)}`;
  const into = `insert into vibestack.capture (table_name, op, row_key, "old", "new") select ${literal(table.name)}`;
  const joined = table.key.map((column) => `n.${quote(column)} = o.${quote(column)}`).join(' and ');
  const begin = `returns trigger language plpgsql set enable_nestloop = off as $$ begin`;
  return `
create function ${name('insert')}() ${begin}
  ${into}, 'i', ${keyText(table, 'n')}, null, ${rowJson(table, 'n')} from n;
  return null; end $$;
create function ${name('update')}() ${begin}
  if exists (select from n full join o on ${joined} where n.${quote(table.key[0] ?? '')} is null) then
    raise exception 'The primary key of ${table.name} cannot be changed' using hint = 'Delete the row and insert another.';
  end if;
  ${into}, 'u', ${keyText(table, 'n')}, ${rowJson(table, 'o')}, ${rowJson(table, 'n')} from n join o on ${joined};
  return null; end $$;
create function ${name('delete')}() ${begin}
  ${into}, 'd', ${keyText(table, 'o')}, ${rowJson(table, 'o')}, null from o;
  return null; end $$;
create trigger vibestack_capture_insert after insert on ${on} referencing new table as n
  for each statement ${local} execute function ${name('insert')}();
create trigger vibestack_capture_update after update on ${on} referencing old table as o new table as n
  for each statement ${local} execute function ${name('update')}();
create trigger vibestack_capture_delete after delete on ${on} referencing old table as o
  for each statement ${local} execute function ${name('delete')}();
create trigger vibestack_capture_truncate before truncate on ${on}
  for each statement ${local} execute function vibestack.refuse_truncate();
`;
}

/** A table of this client alone: that it changed is noted, for the live queries, and nothing is sent. */
function noteLocalSql(table: string): string {
  const name = `vibestack.${quote(`capture_${table}_local`)}`;
  return `
create function ${name}() returns trigger language plpgsql as $$ begin
  insert into vibestack.capture (table_name, op, row_key) values (${literal(table)}, 's', '');
  return null; end $$;
create trigger vibestack_capture_local after insert or update or delete or truncate on ${quote(table)}
  for each statement execute function ${name}();
`;
}

/** All triggers that note what local SQL does. */
export const captureAllSql = ({ tables, localTables }: SyncSchema): string =>
  [...tables.map(captureSql), ...localTables.map(noteLocalSql)].join('\n');

export const REFUSE_TRUNCATE_SQL = `
create function vibestack.refuse_truncate() returns trigger language plpgsql as $$ begin
  raise exception 'TRUNCATE cannot be synchronised' using hint = 'Use DELETE.'; end $$;
`;

/** Takes all capture triggers away, with their functions. */
export const DROP_CAPTURE_SQL = `
do $$ declare f regprocedure; t regclass; begin
  for f in select oid::regprocedure from pg_proc
    where pronamespace = 'vibestack'::regnamespace and proname like 'capture\\_%' loop
    execute format('drop function %s cascade', f);
  end loop;
  for t in select tgrelid::regclass from pg_trigger where tgname = 'vibestack_capture_truncate' loop
    execute format('drop trigger vibestack_capture_truncate on %s', t);
  end loop;
end $$;
`;

/** From here on the database asks for its rows anew, and replaces what it has when they are there. */
export const FORGET_POSITION_SQL = `
delete from vibestack.state where key in ('lsn', 'epoch');
delete from vibestack.scope;
insert into vibestack.state values ('replace', 'true') on conflict (key) do update set value = excluded.value;
`;
