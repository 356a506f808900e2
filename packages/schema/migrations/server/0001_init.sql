create schema vibestack;

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

create function vibestack.clock_row() returns trigger language plpgsql as $$
declare
  key text[] := array(select unnest(tg_argv)); -- tg_argv counts from 0, arrays elsewhere from 1
  o jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  n jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  k text := vibestack.row_key(coalesce(n, o), key);
  stored vibestack.row_clock;
  clock bigint;
  changed jsonb;
begin
  if tg_op = 'UPDATE' and vibestack.row_key(o, key) <> k then
    clock := vibestack.clock_for(null);
    insert into vibestack.row_clock values (tg_table_name, vibestack.row_key(o, key), clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true;
    insert into vibestack.row_clock values (tg_table_name, k, clock, '{}', false)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = false;
    return null;
  end if;
  select * into stored from vibestack.row_clock where table_name = tg_table_name and row_key = k for update;
  if tg_op = 'INSERT' then
    if found then
      clock := vibestack.clock_for(vibestack.highest_clock(stored));
      update vibestack.row_clock set base = clock, columns = '{}', deleted = false
        where table_name = tg_table_name and row_key = k;
    end if;
    return null;
  end if;
  clock := vibestack.clock_for(case when stored.base is not null then vibestack.highest_clock(stored) end);
  if tg_op = 'DELETE' then
    insert into vibestack.row_clock values (tg_table_name, k, clock, '{}', true)
      on conflict (table_name, row_key) do update set base = excluded.base, columns = '{}', deleted = true;
    return null;
  end if;
  select jsonb_object_agg(u.key, clock) into changed
    from jsonb_each(n) u where u.value is distinct from o -> u.key;
  if changed is not null then
    insert into vibestack.row_clock values (tg_table_name, k, 0, changed, false)
      on conflict (table_name, row_key) do update set columns = vibestack.row_clock.columns || excluded.columns;
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

-- A row that was changed says so, unless whoever changed it has said it already.
create function vibestack.touch_row() returns trigger language plpgsql as $$
begin
  if new.updated_at is not distinct from old.updated_at and new is distinct from old then
    new.updated_at := clock_timestamp();
  end if;
  return new;
end $$;

create table "person" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "name" text not null,
  "color" text not null default '#64748b',
  "email" text not null,
  constraint "pk_person" primary key ("id"),
  constraint "uq_person_email" unique ("email"));

create table "project" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "name" text not null,
  "description" text,
  "color" text not null default '#6366f1',
  "archived" boolean not null default false,
  constraint "pk_project" primary key ("id"),
  constraint "project_name_length" check (char_length(name) between 1 and 200));

create table "member" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "project_id" uuid not null,
  "user_id" uuid not null,
  "role" text not null,
  "display_name" text not null,
  constraint "pk_member" primary key ("id"),
  constraint "uq_member_project_id_user_id" unique ("project_id", "user_id"),
  constraint "member_role" check (role in ('viewer', 'editor', 'owner')));
create index "ix_member_user_id" on "member" ("user_id");
alter table "member" add constraint "fk_member_project_id" foreign key ("project_id")
  references "project" ("id") on delete cascade;
alter table "member" add constraint "fk_member_user_id" foreign key ("user_id")
  references "person" ("id") on delete cascade;

create table "task" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "project_id" uuid not null,
  "title" text not null,
  "body" text,
  "status" text not null default 'todo',
  "priority" integer not null default '0',
  "assignee_id" uuid,
  "due_on" date,
  "position" double precision not null default '0',
  "cost" numeric,
  constraint "pk_task" primary key ("id"),
  constraint "uq_task_id_project_id" unique ("id", "project_id"),
  constraint "task_priority" check (priority between 0 and 3),
  constraint "task_status" check (status in ('todo', 'doing', 'done')),
  constraint "task_title_length" check (char_length(title) between 1 and 500));
create index "ix_task_updated_at" on "task" ("updated_at");
create index "ix_task_project_id_status" on "task" ("project_id", "status");
alter table "task" add constraint "fk_task_project_id" foreign key ("project_id")
  references "project" ("id") on delete cascade;

create table "comment" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "task_id" uuid not null,
  "author_id" uuid not null,
  "body" text not null,
  "project_id" uuid not null,
  constraint "pk_comment" primary key ("id"),
  constraint "comment_body_length" check (char_length(body) between 1 and 10000));
create index "ix_comment_task_id" on "comment" ("task_id");
alter table "comment" add constraint "fk_comment_task_id_project_id" foreign key ("task_id", "project_id")
  references "task" ("id", "project_id") on delete cascade on update cascade;

create trigger vibestack_clock after insert or update or delete on "person"
  for each row execute function vibestack.clock_row('id');
alter table "person" enable always trigger vibestack_clock;
create trigger vibestack_clock_truncate after truncate on "person"
  for each statement execute function vibestack.clock_truncate();
alter table "person" enable always trigger vibestack_clock_truncate;
create trigger vibestack_touch before update on "person"
  for each row execute function vibestack.touch_row();

create trigger vibestack_clock after insert or update or delete on "project"
  for each row execute function vibestack.clock_row('id');
alter table "project" enable always trigger vibestack_clock;
create trigger vibestack_clock_truncate after truncate on "project"
  for each statement execute function vibestack.clock_truncate();
alter table "project" enable always trigger vibestack_clock_truncate;
create trigger vibestack_touch before update on "project"
  for each row execute function vibestack.touch_row();

create trigger vibestack_clock after insert or update or delete on "member"
  for each row execute function vibestack.clock_row('id');
alter table "member" enable always trigger vibestack_clock;
create trigger vibestack_clock_truncate after truncate on "member"
  for each statement execute function vibestack.clock_truncate();
alter table "member" enable always trigger vibestack_clock_truncate;
create trigger vibestack_touch before update on "member"
  for each row execute function vibestack.touch_row();
alter table "member" replica identity full;

create trigger vibestack_clock after insert or update or delete on "task"
  for each row execute function vibestack.clock_row('id');
alter table "task" enable always trigger vibestack_clock;
create trigger vibestack_clock_truncate after truncate on "task"
  for each statement execute function vibestack.clock_truncate();
alter table "task" enable always trigger vibestack_clock_truncate;
create trigger vibestack_touch before update on "task"
  for each row execute function vibestack.touch_row();
alter table "task" replica identity full;

create function "fill_scope_comment"() returns trigger language plpgsql as $$
begin
  select p."project_id" into new."project_id" from "task" p
    where p.id = new."task_id" for key share;
  return new;
end $$;
create trigger "fill_scope_comment_insert" before insert on "comment"
  for each row when (new."project_id" is null) execute function "fill_scope_comment"();
create trigger "fill_scope_comment_update" before update of "task_id" on "comment"
  for each row when (old."task_id" is distinct from new."task_id") execute function "fill_scope_comment"();
create trigger vibestack_clock after insert or update or delete on "comment"
  for each row execute function vibestack.clock_row('id');
alter table "comment" enable always trigger vibestack_clock;
create trigger vibestack_clock_truncate after truncate on "comment"
  for each statement execute function vibestack.clock_truncate();
alter table "comment" enable always trigger vibestack_clock_truncate;
create trigger vibestack_touch before update on "comment"
  for each row execute function vibestack.touch_row();
alter table "comment" replica identity full;

create publication vibestack for table "comment", "member", "person", "project", "task", vibestack.sync_result;
