import { PGlite } from '@electric-sql/pglite';

/** Tables full of nulls, and all that can stand between them and a query. */
export const SCHEMA = `
  create type mood as enum ('sad', 'ok', 'happy');
  create domain email as text check (value like '%@%');
  create domain tag_name as text not null;
  create domain short_tag as tag_name check (length(value) < 9);

  create table team (
    id int primary key,
    name text not null,
    motto text,
    parent_id int references team
  );
  create table person (
    id int primary key,
    team_id int references team,
    name text not null,
    nick text,
    mail email,
    label short_tag,
    mood mood,
    mood2 mood not null default 'ok',
    age int,
    score numeric not null,
    active boolean,
    tags text[] not null default '{}',
    notes text[],
    doc jsonb,
    data jsonb not null default '{}',
    born timestamptz,
    seen timestamptz not null default now()
  );
  create table loose (id int, a text, b int, c text not null);
  insert into loose values (0, 'z', null, 'f');
  alter table loose add constraint b_there not null b not valid;
  create table parent (id int not null, p text constraint p_there not null no inherit);
  create table child () inherits (parent);

  create view person_team as
    select p.id, p.name, p.nick, t.id as team, t.name as team_name, coalesce(t.motto, 'none') as motto
    from person p left join team t on t.id = p.team_id;
  create view teamed as select * from person_team where team_name is not null;
  create view editable as select id, name, motto from team where motto is not null;
  create materialized view stale as select id, name from team;

  create function plain_strict(int) returns int language sql immutable strict return case when $1 > 1 then $1 end;
  create function people_of(int) returns setof person language sql stable begin atomic
    select * from person where team_id = $1; end;
  create function pairs(out a int, out b text) returns setof record language sql begin atomic
    values (1, 'x'), (2, null); end;
`;

const ROWS = `
  insert into team values (1, 'one', 'first', null), (2, 'two', null, 1), (3, 'three', null, 1);
  insert into person (id, team_id, name, nick, mail, label, mood, age, score, active, tags, notes, doc, born, data) values
    (1, 1, 'Ann', 'a', 'a@b', 'red', 'happy', 30, 1.5, true, '{x,y}', '{n}', '{"a": {"b": 1}, "l": [1, null]}', '2000-01-01', '{"k": null}'),
    (2, 1, 'Ben', null, null, 'red', null, null, 0, null, '{}', null, null, null, '{}'),
    (3, 2, 'Cal', null, 'c@d', 'blue', 'sad', 7, -2, false, '{z}', '{}', '[]', 'infinity', '{"k": 1}'),
    (4, null, 'Dee', 'd', null, 'blue', null, 41, 'NaN', null, '{}', null, 'null', '-infinity', '{}'),
    (5, null, 'Eve', null, null, 'blue', 'ok', null, 9, true, '{x}', null, null, null, '{"k": "v"}');
  insert into loose values (1, null, 1, 'c'), (null, 'a', 2, 'd'), (null, null, 3, 'e');
  insert into parent values (1, 'p');
  insert into child values (2, null);
  refresh materialized view stale;
`;

export async function openTestDatabase(): Promise<PGlite> {
  const db = await PGlite.create();
  await db.exec(`${SCHEMA}${ROWS}`);
  return db;
}
