create table "person" (
  "id" uuid not null,
  "created_at" timestamp with time zone not null default now(),
  "updated_at" timestamp with time zone not null default now(),
  "name" text not null,
  "color" text not null default '#64748b',
  constraint "pk_person" primary key ("id"));

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
  constraint "uq_member_project_id_user_id" unique ("project_id", "user_id") deferrable initially deferred,
  constraint "member_role" check (role in ('viewer', 'editor', 'owner')));
create index "ix_member_user_id" on "member" ("user_id");
alter table "member" add constraint "fk_member_project_id" foreign key ("project_id")
  references "project" ("id") deferrable initially deferred;

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
  constraint "pk_task" primary key ("id"),
  constraint "uq_task_id_project_id" unique ("id", "project_id"),
  constraint "task_priority" check (priority between 0 and 3),
  constraint "task_status" check (status in ('todo', 'doing', 'done')),
  constraint "task_title_length" check (char_length(title) between 1 and 500));
create index "ix_task_updated_at" on "task" ("updated_at");
create index "ix_task_project_id_status" on "task" ("project_id", "status");
alter table "task" add constraint "fk_task_project_id" foreign key ("project_id")
  references "project" ("id") deferrable initially deferred;

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
  references "task" ("id", "project_id") deferrable initially deferred;
create function "fill_scope_comment"() returns trigger language plpgsql as $$
begin
  select p."project_id" into new."project_id" from "task" p
    where p.id = new."task_id";
  return new;
end $$;
create trigger "fill_scope_comment_insert" before insert on "comment"
  for each row when (new."project_id" is null) execute function "fill_scope_comment"();
create trigger "fill_scope_comment_update" before update of "task_id" on "comment"
  for each row when (old."task_id" is distinct from new."task_id") execute function "fill_scope_comment"();
