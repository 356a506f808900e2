/** Queries with what is to be said of their columns: `name`, `name?` may be null, `name[?]` has elements that may be. */
export const CASES: Readonly<Record<string, readonly (readonly [sql: string, columns: string])[]>> = {
  'stored columns': [
    [
      'select id, nick, mail, label, mood, mood2, tags, notes, data from person',
      'id nick? mail? label mood? mood2 tags notes? data',
    ],
    ['select * from team', 'id name motto? parent_id?'],
    ['select id, a, b, c from loose', 'id? a? b? c'],
    ['select id, p from parent', 'id p?'],
    ['select t.id from team t, person p where p.id = t.id', 'id'],
    ['select p as whole, p.tableoid as oid from person p', 'whole oid?'],
  ],
  joins: [
    ['select p.name, t.name as team from person p join team t on t.id = p.team_id', 'name team'],
    ['select p.name, t.name as team from person p left join team t on t.id = p.team_id', 'name team?'],
    ['select p.name, t.name as team from person p right join team t on t.id = p.team_id', 'name? team'],
    ['select p.name, t.name as team from person p full join team t on t.id = p.team_id', 'name? team?'],
    ['select * from team full join (select id, nick from person) p using (id)', 'id name? motto? parent_id? nick?'],
    ['select * from team left join (select id, score from person) p using (id)', 'id name motto? parent_id? score?'],
    ['select * from team natural join (select id, score from person) p', 'id name motto? parent_id? score'],
    [
      'select p.id, t.name, u.name as up from person p left join (team t join team u on u.id = t.parent_id) on t.id = p.team_id',
      'id name? up?',
    ],
    ['select t.id, x.n, x.m from team t left join lateral (select t.name as n, 1 as m) x on true', 'id n? m?'],
    ['select t.id, x.n, x.m from team t cross join lateral (select t.name as n, t.motto as m) x', 'id n m?'],
  ],
  'what filters let through': [
    ['select nick, age from person where nick is not null and age > 1', 'nick age'],
    ['select nick from person where nick = :nick or upper(nick) like :like', 'nick'],
    ['select nick from person where nick = :nick or age > 1', 'nick?'],
    [
      'select team_id, nick, age from person where team_id in (1, 2) and nick in (select name from team) and age = any (:ages)',
      'team_id nick age',
    ],
    ['select team_id from person where team_id > all (select id from team where false)', 'team_id?'],
    ['select active from person where active', 'active'],
    ['select active from person where not active', 'active'],
    ['select active from person where active is not true', 'active?'],
    [
      'select t.id, t.name, t.motto from person p left join team t on t.id = p.team_id where t.id is not null',
      'id name motto?',
    ],
    [
      'select p.name, t.name as team from person p full join team t on t.id = p.team_id where t.motto = :motto',
      'name? team',
    ],
    [
      'select x.nick from team t left join (select * from person where nick is not null) x on x.team_id = t.id',
      'nick?',
    ],
    ['select p.team_id, p.nick from person p join team t on t.id = p.team_id', 'team_id nick?'],
    ['select p.team_id from person p left join team t on t.id = p.team_id', 'team_id?'],
  ],
  aggregates: [
    ['select count(*) as n, sum(score) as s, max(name) as m, array_agg(name) as a from person', 'n s? m? a?'],
    [
      "select team_id, sum(score) as s, max(age) as m, avg(age) as v, bool_and(active) as b, string_agg(name, ',') as g from person group by team_id",
      'team_id? s m? v? b? g',
    ],
    ['select sum(score) filter (where age > 1) as s, stddev(score) as d from person group by team_id', 's? d?'],
    ['select jsonb_agg(nick) as a, json_object_agg(name, nick) as o from person group by team_id', 'a o'],
    [
      'select array_agg(name) as a, array_agg(nick) as b, array_agg(tags) as c from person where id = 1 group by id',
      'a b[?] c',
    ],
    [
      'select team_id, mood2, count(*) as n, max(name) as m, grouping(mood2) as g from person group by rollup (team_id, mood2)',
      'team_id? mood2? n m? g',
    ],
    ['select sum(score) as s from person group by ()', 's?'],
    [
      'select p.id, p.name, count(t.id) as n from person p left join team t on t.id = p.team_id group by p.id',
      'id name n',
    ],
    [
      `select t.id, array_agg(p.name) as a, coalesce(array_agg(p.name) filter (where p.id is not null), '{}') as b
       from team t left join person p on p.team_id = t.id group by t.id`,
      'id a[?] b',
    ],
    ['select sum(score) + 1 as s from person having count(*) > 0', 's?'],
  ],
  'window functions': [
    [
      `select row_number() over w as r, rank() over w as k, ntile(2) over w as n, sum(score) over w as s, max(age) over w as m,
         lag(name) over w as l, lag(name, 1, '-') over w as d, first_value(name) over w as f, count(*) over () as c
       from person window w as (order by id)`,
      'r k n s m? l? d f c',
    ],
    ['select sum(score) over (order by id rows between 2 preceding and 1 preceding) as s from person', 's?'],
    ['select sum(sum(score)) over () as s from person group by team_id', 's'],
  ],
  arrays: [
    [
      'select tags, notes, tags[1] as one, tags[1:2] as some, tags || notes as both from person',
      'tags notes? one? some? both?',
    ],
    [
      "select tags || 'x'::text as a, tags || nick as b, array[name, nick] as c, array[name] as d from person",
      'a b[?]? c[?] d',
    ],
    [
      'select array(select name from team) as a, array(select motto from team) as b, array(select tags from person where id = 1) as c',
      'a b[?] c',
    ],
    [
      `select '{a}'::text[] as a, '{a,null}'::text[] as b, '{}'::int[] as c, string_to_array(name, 'n') as d from team`,
      'a b[?] c d',
    ],
    ['select tags::varchar[] as a, array[nick]::varchar[] as b, array_remove(tags, :tag) as c from person', 'a b[?] c'],
    ['select unnest(tags) as t from person', 't?'],
    ['select unnest(array[name, motto]) as t from team', 't?'],
    ['select unnest(array[name, name]) as t from team', 't'],
    ['select u.id, u.n from unnest(:ids::int[]) with ordinality as u (id, n)', 'id n'],
    ['select a, b from unnest(:ids::int[], array[1]) as u (a, b)', 'a? b?'],
    [
      'select name = any (tags) as a, id = any (:ids) as b, id in (1, 2) as c, id in (1, null) as d from person',
      'a? b c d?',
    ],
    [
      'select cardinality(tags) as c, array_length(tags, 1) as l, array_position(tags, name) as p from person',
      'c l? p?',
    ],
  ],
  json: [
    [
      `select data -> 'k' as a, data ->> 'k' as b, data #> '{k}' as c, (data -> 'k')::text as d, data ? 'k' as e from person`,
      'a? b? c? d? e',
    ],
    [
      `select jsonb_build_object('n', nick) as a, to_jsonb(nick) as b, to_jsonb(name) as c, json_build_array(nick) as d from person`,
      'a b? c d',
    ],
    ['select data || :more as a, jsonb_set(data, :path, :value) as b, (data)::text as c from person', 'a b c'],
    [`select (:n::jsonb)::int as a, jsonb_typeof(data) as b, to_jsonb(p) as c from person p`, 'a? b c'],
    ['select key, value from person, jsonb_each(data)', 'key value'],
    ['select key, value from person, jsonb_each_text(data)', 'key value?'],
    [`select jsonb_array_elements('[1, null]') as a`, 'a'],
    [`select * from json_to_recordset('[{}]') as x (a int, b text)`, 'a? b?'],
    [`select json_object('k': name, 'n': nick) as o from team, (select nick from person) as p`, 'o'],
  ],
  'common table expressions': [
    ['with x as (select id, motto from team) select * from x', 'id motto?'],
    ['with x as (select id, name from team) select t.id, x.name from team t left join x on x.id = t.id', 'id name?'],
    [
      `with recursive up as (
         select id, parent_id, name, motto, 0 as depth, array[name] as path from team where id = :id
         union all select t.id, t.parent_id, t.name, 'x', up.depth + 1, up.path || t.name from team t join up on t.id = up.parent_id)
       select * from up`,
      'id parent_id? name motto? depth path',
    ],
    [
      'with recursive r (a, b, c) as (select 1, 2, 3 union all select b, null, c + 1 from r where c < 6) select * from r',
      'a? b? c',
    ],
    [
      `with made as (insert into team (id, name) values (8, 'eight') returning *), gone as (delete from loose returning id as lid, b, c)
       select made.id, made.motto, gone.* from made left join gone on true`,
      'id motto? lid? b? c?',
    ],
    [
      'with recursive r as (select 1 as n union all select n + 1 from r where n < 3) search depth first by n set o select n, o from r',
      'n o[?]?',
    ],
  ],
  views: [
    ['select * from person_team', 'id name nick? team? team_name? motto'],
    ['select * from teamed', 'id name nick? team? team_name motto'],
    ['select v.motto, v.id from team t left join person_team v on v.id = t.id', 'motto? id?'],
    ['select * from editable', 'id name motto'],
    [`insert into editable values (7, 'seven') returning *`, 'id? name? motto?'],
    ['select * from stale', 'id? name?'],
  ],
  functions: [
    ['select p.id, p.name from people_of(1) p', 'id? name?'],
    ['select * from pairs()', 'a? b?'],
    ['select plain_strict(id) as a, abs(plain_strict(id)) as b from team', 'a? b?'],
    ['select g, name from generate_series(1, :n) g, team', 'g name'],
    ['select generate_series(1, 2) as a, generate_series(1, 3) as b', 'a? b?'],
    ['select name, generate_series(1, 2) as a from team', 'name a'],
    ['select a, b from rows from (generate_series(1, 2), generate_series(1, 3)) as x (a, b)', 'a? b?'],
    [
      'select now() as a, current_date as b, current_user as c, current_schema as d, gen_random_uuid() as e',
      'a b c d? e',
    ],
  ],
  expressions: [
    [
      'select coalesce(nick, name) as a, coalesce(nick, motto) as b, nullif(name, nick) as c, greatest(age, id) as d from person, (select motto from team) as t',
      'a b? c? d',
    ],
    [
      `select case when age > 1 then name else 'x' end as a, case when age > 1 then name end as b, case id when 1 then nick else 'x' end as c from person`,
      'a b? c?',
    ],
    [
      'select id + 1 as a, age + 1 as b, name || nick as c, name || id as d, -score as e, id between 1 and 3 as f from person',
      'a b? c? d e f',
    ],
    [
      "select lower(name) as a, length(nick) as b, substring(name, 1, 2) as c, substring(name from :re) as d, concat(nick, name) as e, concat_ws(',', nick) as f, format('%s', nick) as g from person",
      'a b? c d? e f g',
    ],
    [
      `select extract(epoch from seen) as a, extract(day from seen) as b, date_trunc('day', seen) as c, to_char(seen, 'YYYY') as d, seen at time zone 'UTC' as e, seen + interval '1 day' as f, seen::date as g from person`,
      'a b? c d? e f g',
    ],
    [
      `select to_char(score, '9') as a, round(score, 1) as b, score::int as c, score::text as d, name::varchar(2) as e, mood2::text as f from person where score <> 'NaN'`,
      'a b c d e f',
    ],
    [
      'select nick is null as a, active is true as b, nick is distinct from name as c, active and true as d, id = 1 or id = 2 as e, not active as f from person',
      'a b c d? e f?',
    ],
    ['select row(nick, age) as a, (id, name) < (1, name) as b, (id, nick) = (1, name) as c from person', 'a b c?'],
  ],
  subqueries: [
    [
      'select (select count(*) from team) as a, (select max(id) from team) as b, (select id from team where id = 1) as c, (select 1) as d',
      'a b? c? d',
    ],
    [
      'select (select count(*) from team limit 0) as a, (select count(*) from team having false) as b, (select 1 where false) as c',
      'a? b? c?',
    ],
    [
      'select exists (select from team) as a, id in (select id from team) as b, id not in (select team_id from person) as c from person',
      'a b c?',
    ],
    ['select x.id, x.n from (select id, nick as n from person) x', 'id n?'],
    ['select (select p.name) as a, (select p.nick) as b from person p', 'a b?'],
  ],
  'sets of rows': [
    ['select id, name from team union select id, nick from person', 'id name?'],
    ['select id, name from team union all select id, name from person', 'id name'],
    ['select id, motto from team intersect select id, name from person', 'id motto'],
    ['select id, name from team except select id, nick from person', 'id name'],
    ['select id, motto from team union (select id, name from person except select 1, nick from person)', 'id motto?'],
    [`values (1, 'a'), (2, null)`, 'column1 column2?'],
    ['select distinct nick, name from person', 'nick? name'],
    ['select distinct on (team_id) team_id, name from person order by team_id, id', 'team_id? name'],
  ],
  writing: [
    ['insert into team (id, name, motto) values (:id, :name, :motto) returning id, name, motto', 'id name motto?'],
    [
      'insert into team (id, name) values (1, :name) on conflict (id) do update set name = excluded.name returning id, old.id as was, new.name',
      'id was? name',
    ],
    ['update team set motto = :motto where motto is not null returning *', 'id name motto? parent_id?'],
    [
      'update team set motto = null where motto is not null returning motto, old.motto as was, new.name',
      'motto? was? name',
    ],
    [
      'update team t set name = p.name from person p where p.nick = t.name returning t.id, p.nick, p.name as by',
      'id nick by',
    ],
    ['delete from loose where a is not null returning a, b, c, new.c as n', 'a b? c n?'],
    [
      `merge into loose l using team t on l.id = t.id when matched then update set a = null
       when not matched then insert values (t.id, 'm', t.id, 'm') when not matched by source then delete
       returning merge_action() as m, l.c, t.id, old.c as o`,
      'm c id? o?',
    ],
  ],
  parameters: [
    ['select :a::int as a, :b?::int as b, :a + :b? as c, coalesce(:b?, :a) as d', 'a b? c? d'],
    [`select count(*) as n from person where nick = :x? or name = :x`, 'n'],
  ],
  'rows to compare with': [
    ['select id in (select id from team) as a, (id, name) in (select id, nick from person) as b from team', 'a b?'],
    [
      'select team_id is not null as a, p.id = some (select t.id from team t where t.id = p.team_id) as b from person p',
      'a b',
    ],
  ],
  marks: [['select nick as "nick!", name as "name?", max(age) as "Age!" from person group by 1, 2', 'nick name? Age']],
};
