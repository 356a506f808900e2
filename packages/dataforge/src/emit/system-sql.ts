/**
 * The framework's own tables and functions on the server, in schema `vibestack`; the application's schema stays clean.
 *
 * `clock_row` writes `row_clock` for whoever changes rows (SEMANTICS 5.2). In a transaction of the write path it uses
 * that mutation's clock (`vibestack.clock`), otherwise now; a clock that has to be raised above now is told to readers
 * by a logical message. An insert is clocked only over a tombstone: nobody can have an older edit of a row that never
 * was, so bulk loads cost one look-up a row.
 */
export const SYSTEM_SQL = `create schema vibestack;

create table vibestack.migration (
  version integer primary key,
  name text not null,
  hash text not null,
  applied_at timestamptz not null default now());

create table vibestack.replication (
  id text primary key,
  fence text not null,
  updated_at timestamptz not null default now());

create table vibestack.sync_client (
  client_id uuid primary key,
  user_id uuid not null,
  last_id bigint not null default 0,
  acked_id bigint not null default 0,
  last_hlc bigint not null default 0,
  created_at timestamptz not null default now());

create table vibestack.sync_result (
  client_id uuid not null references vibestack.sync_client on delete cascade,
  id bigint not null,
  content_hash text not null,
  outcome text not null check (outcome in ('accepted', 'rejected')),
  code text,
  detail jsonb,
  effective_hlc bigint not null,
  primary key (client_id, id));

create table vibestack.row_clock (
  table_name text not null,
  row_key text not null,
  base bigint not null,
  columns jsonb not null default '{}',
  deleted boolean not null default false,
  primary key (table_name, row_key));

-- 48 bits of Unix milliseconds, 16 bits of counter.
create function vibestack.hlc_now() returns bigint language sql volatile as $$
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint << 16
$$;

-- As the key is written on the wire: one column's text, or a JSON array of texts.
create function vibestack.row_key(r jsonb, key text[]) returns text language sql immutable as $$
  select case when cardinality(key) = 1 then r ->> key[1]
    else (select '[' || string_agg(to_json(r ->> k)::text, ',' order by i) || ']' from unnest(key) with ordinality as u (k, i)) end
$$;

-- The clock of a change to a row: the mutation's own, or now raised above what is stored.
create function vibestack.clock_for(stored bigint) returns bigint language plpgsql as $$
declare
  given text := current_setting('vibestack.clock', true);
  present bigint;
begin
  if given <> '' then return given::bigint; end if;
  present := vibestack.hlc_now();
  if stored is null or stored < present then return present; end if;
  perform pg_logical_emit_message(true, 'vibestack.clock', (stored + 1)::text);
  return stored + 1;
end $$;

create function vibestack.highest_clock(c vibestack.row_clock) returns bigint language sql immutable as $$
  select greatest(c.base, (select max(value::bigint) from jsonb_each_text(c.columns)))
$$;

-- The plans of its look-ups are kept from when the table was empty: without the setting, bulk changes are quadratic.
create function vibestack.clock_row() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  given text := current_setting('vibestack.clock', true);
  o jsonb;
  n jsonb;
  k text;
  was text;
  stored vibestack.row_clock;
  clock bigint;
  changed jsonb;
begin
  if tg_op <> 'INSERT' then o := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then n := to_jsonb(new); end if;
  if tg_nargs = 1 then
    k := coalesce(n, o) ->> tg_argv[0];
    was := o ->> tg_argv[0];
  else
    k := vibestack.row_key(coalesce(n, o), tg_argv[0:]);
    was := vibestack.row_key(o, tg_argv[0:]);
  end if;
  if tg_op = 'UPDATE' and was <> k then
    clock := vibestack.clock_for(null);
    insert into vibestack.row_clock values (tg_table_name, was, clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true;
    insert into vibestack.row_clock values (tg_table_name, k, clock, '{}', false)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = false;
    return null;
  end if;
  if tg_op = 'INSERT' then
    select * into stored from vibestack.row_clock where table_name = tg_table_name and row_key = k for update;
    if found then
      clock := vibestack.clock_for(vibestack.highest_clock(stored));
      update vibestack.row_clock set base = clock, columns = '{}', deleted = false
        where table_name = tg_table_name and row_key = k;
    end if;
    return null;
  end if;
  -- Most writes are later than what is stored, and then one statement does.
  clock := case when given <> '' then given::bigint else vibestack.hlc_now() end;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(u.key, clock) into changed
      from jsonb_each(n) u where u.value is distinct from o -> u.key;
    if changed is null then return null; end if;
    insert into vibestack.row_clock as c values (tg_table_name, k, 0, changed, false)
      on conflict (table_name, row_key) do update set columns = c.columns || excluded.columns
      where given <> '' or vibestack.highest_clock(c) < clock;
  else
    insert into vibestack.row_clock as c values (tg_table_name, k, clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true
      where given <> '' or vibestack.highest_clock(c) < clock;
  end if;
  if found then return null; end if;
  select * into stored from vibestack.row_clock where table_name = tg_table_name and row_key = k for update;
  clock := vibestack.clock_for(vibestack.highest_clock(stored));
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(key, clock) into changed from jsonb_object_keys(changed) key;
    update vibestack.row_clock set columns = columns || changed where table_name = tg_table_name and row_key = k;
  else
    update vibestack.row_clock set base = clock, columns = '{}', deleted = true
      where table_name = tg_table_name and row_key = k;
  end if;
  return null;
end $$;

-- TRUNCATE fires no row trigger: one tombstone stands for the whole table, under the empty key.
create function vibestack.clock_truncate() returns trigger language plpgsql as $$
begin
  delete from vibestack.row_clock where table_name = tg_table_name;
  insert into vibestack.row_clock values (tg_table_name, '', vibestack.clock_for(null), '{}', true);
  return null;
end $$;

-- A row that was changed says so, unless whoever changed it has said it already. By their bytes, for some types (json,
-- xml, point) know no equality.
create function vibestack.touch_row() returns trigger language plpgsql as $$
begin
  if new.updated_at is not distinct from old.updated_at and new *<> old then
    new.updated_at := clock_timestamp();
  end if;
  return new;
end $$;
`;
