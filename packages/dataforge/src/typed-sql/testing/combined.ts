/** Each gives people `p` and teams `t` together, some of either missing. */
const FROM = [
  'person p join team t on t.id = p.team_id',
  'person p left join team t on t.id = p.team_id',
  'person p right join team t on t.id = p.team_id',
  'person p full join team t on t.id = p.team_id',
  'person p cross join team t',
  'person p join team t on t.id = 0',
  'person p left join team t on t.id = p.team_id where t.id is not null',
  `person p full join team t on t.id = p.team_id where p.nick is not null or t.motto = 'first'`,
  'person p full join team t on t.id = p.team_id where p.team_id = 1 and p.nick = p.nick',
  'person p left join (team t join team u on u.id = t.parent_id) on t.id = p.team_id',
  'person p left join (team t left join team u on u.id = t.parent_id) on t.id = p.team_id where u.id > 0',
  'team t left join lateral (select * from person where team_id = t.id and nick is not null limit 1) p on true',
  '(select * from person where nick is not null) p full join (select * from team where motto is not null) t on t.id = p.team_id',
  '(select * from person union all select * from people_of(1)) p left join (table team union select 9, name, motto, id from team) t on t.id = p.team_id',
  '(select distinct on (team_id) * from person) p right join (with x as (select * from team) select * from x) t on t.id = p.age',
  'person p left join editable v on v.id = p.team_id join team t on t.name = v.name or v.name is null',
  'person p left join team t on p.active where p.active is not false and not coalesce(p.age > 40, false)',
  `person p right join (values (1, 'a', null, 1), (2, null, 'b', null)) as t (id, name, motto, parent_id) on t.id = p.team_id`,
] as const;

const COLUMNS = ['id', 'team_id', 'name', 'nick', 'mail', 'label', 'mood', 'mood2', 'age', 'score', 'active'].map(
  (c) => `p.${c}`,
);
const TEAM_COLUMNS = ['id', 'name', 'motto', 'parent_id'].map((c) => `t.${c}`);

const EXPRESSIONS = [
  ...COLUMNS,
  ...TEAM_COLUMNS,
  ...['p.tags', 'p.notes', 'p.doc', 'p.data', 'p.born', 'p.seen', 'p', 't'],
  ...[
    'p.id + t.id',
    'p.age * 2',
    'p.name || t.name',
    'p.nick || p.name',
    'upper(t.motto)',
    '-p.score',
    'p.id::text || t.id',
  ],
  ...[
    'p.tags || p.notes',
    'p.tags || p.name',
    'p.tags || p.nick',
    'array[p.name, t.name]',
    'array[p.id, 1]',
    'p.notes[1]',
  ],
  ...[
    'coalesce(p.name, t.name)',
    `coalesce(p.nick, '')`,
    'greatest(p.id, t.id)',
    'least(p.age, t.id)',
    'nullif(p.id, t.id)',
  ],
  ...[
    'case when p.active then p.name else t.name end',
    'case p.id when 1 then 1 end',
    `case when p.id > 1 then 'a' else 'b' end`,
  ],
  ...[
    'p.id is null',
    'p.active is true',
    'p.nick is distinct from t.name',
    'p.active and p.id > 1',
    'p.id > 1 or p.age > 1',
  ],
  ...[
    'p.id in (1, 2)',
    'p.id in (1, t.id)',
    'p.name = any (p.tags)',
    'p.id = any (array[1, t.id])',
    '(p.id, t.id) < (1, 1)',
  ],
  ...[
    'p.id in (select id from team)',
    'p.id in (select parent_id from team)',
    'p.id <> all (select team_id from person)',
  ],
  ...['exists (select from team where id = p.id)', 'array(select p.name from team)', 'array(select motto from team)'],
  ...['(select p.name)', '(select t.name)', '(select count(*) from team u where u.id = p.id)'],
  ...[
    '(select u.name from team u where u.id = t.id)',
    '(select sum(u.id) from team u where u.id = p.id group by u.id)',
  ],
  ...[
    `p.data -> 'k'`,
    `p.data ->> 'k'`,
    `p.doc #> '{a,b}'`,
    'p.data::text',
    'to_jsonb(t)',
    `p.doc ? 'a'`,
    'jsonb_typeof(p.data)',
  ],
  ...[
    `jsonb_build_object('a', p.nick, 'b', t)`,
    'row(p.id, t.id)',
    'to_jsonb(p.nick)',
    'row_to_json(p)',
    'p.data || p.doc',
  ],
  ...[
    'extract(epoch from p.seen)',
    'extract(day from p.born)',
    `date_trunc('day', p.seen)`,
    'p.seen::date',
    'p.seen - p.born',
  ],
  ...[
    'extract(year from p.born)',
    `to_char(p.seen, 'YYYY')`,
    `p.seen at time zone 'UTC'`,
    'age(p.seen)',
    'p.seen > p.born',
  ],
  ...[
    'round(p.score)',
    'p.score::text',
    'p.score > 0',
    'length(p.label)',
    'p.mood2::text',
    'p.mood',
    'p.mood2 > p.mood',
  ],
  ...[
    'concat(p.nick, t.motto)',
    `concat_ws(p.nick, 'a')`,
    `format('%s', t.motto)`,
    `substring(p.name from 'z')`,
    `left(p.name, 1)`,
  ],
  ...['cardinality(p.tags)', 'array_length(p.tags, 1)', `array_to_string(p.tags, ',')`, `string_to_array(p.name, 'n')`],
  ...[
    'row_number() over (order by p.id, t.id)',
    'sum(p.score) over (partition by t.id)',
    'max(t.name) over (order by p.id)',
  ],
  ...[
    'lag(p.name) over (order by p.id)',
    `lead(p.name, 1, '') over (order by p.id)`,
    'first_value(p.id) over (order by p.id)',
  ],
  ...[
    'count(p.nick) over ()',
    'sum(p.id) over (order by p.id rows between 1 following and 2 following)',
    'ntile(2) over ()',
  ],
  ...['array_agg(p.name) over (order by p.id)', 'last_value(t.id) over (order by p.id range unbounded preceding)'],
];

const AGGREGATES = [
  ...[
    'count(*)',
    'count(p.nick)',
    'sum(p.score)',
    'sum(p.id)',
    'avg(p.age)',
    'max(p.name)',
    'min(t.name)',
    'bool_and(p.active)',
  ],
  ...[
    'array_agg(p.name)',
    'array_agg(p.nick)',
    'array_agg(p.id) filter (where p.id is not null)',
    'array_agg(distinct t.id)',
  ],
  ...[
    "array_agg(p.name order by p.nick) filter (where p.name > 'B')",
    'jsonb_agg(p.nick)',
    'json_agg(t)',
    `string_agg(p.name, ',')`,
  ],
  ...[
    `coalesce(array_agg(p.nick) filter (where p.nick is not null), '{}')`,
    'max(coalesce(p.nick, t.name))',
    'every(p.id > 1)',
  ],
  ...[
    'sum(p.score) + 1',
    'stddev(p.score)',
    'max(p.score) - min(p.score)',
    'percentile_cont(0.5) within group (order by p.age)',
  ],
  ...[
    'any_value(p.name)',
    'sum(count(*)) over ()',
    'max(max(p.name)) over ()',
    '(select count(*) + max(p.id) from team)',
    'mode() within group (order by p.id)',
  ],
  ...[
    `json_object_agg(coalesce(p.name, ''), t.name)`,
    'array_agg(array[p.id])',
    '(select sum(p.id) from (select 1) x)',
    '(select max(t.id))',
    `array_agg(p.tags) filter (where p.tags = '{x,y}')`,
  ],
];

const GROUPS: readonly (readonly [columns: readonly string[], clause: string])[] = [
  [[], ''],
  [[], 'group by t.id'],
  [['t.name', 'p.mood2'], 'group by t.name, p.mood2'],
  [['p.id', 'p.name', 'p.nick'], 'group by p.id, p.name, p.nick having count(*) > 0'],
  [['t.id', 'p.active'], 'group by rollup (t.id, p.active)'],
  [['t.id'], 'group by grouping sets ((t.id), ())'],
  [['p.name', 't.name', '1'], 'group by cube (p.name, t.name), 3'],
  [[], 'group by ()'],
];

const select = (expressions: readonly string[], from: string, rest = ''): string =>
  `select ${expressions.map((each, i) => `${each} as c${i}`).join(', ')} from ${from} ${rest}`;

/** All sorts of expressions over all sorts of joins, and in groups of all sorts. */
export const COMBINED: readonly string[] = FROM.flatMap((from) => [
  select(EXPRESSIONS, from),
  ...GROUPS.map(([columns, clause]) => select([...columns, ...AGGREGATES], from, clause)),
]);
