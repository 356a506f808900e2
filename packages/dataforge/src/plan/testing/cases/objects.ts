import { T, type Case } from './case.ts';

export const objects: readonly Case[] = [
  {
    name: 'a table is added with a foreign key, an index and a trigger',
    from: T('a int'),
    to: `${T('a int')} create table u (id int primary key, t_id int references t); create index on u (t_id);
      create function f() returns trigger language plpgsql as 'begin new.t_id := 1; return new; end';
      create trigger g before insert on u for each row execute function f();`,
    rows: `insert into t values (1, 5);`,
    see: 'insert into u values (1) returning t_id',
    expect: [1],
    risk: 'none',
  },
  {
    name: 'a table is dropped, others stay',
    from: `${T('a int')} create table u (id int primary key, t_id int references t);`,
    to: T('a int'),
    rows: `insert into t values (1, 5); insert into u values (1, 1);`,
    see: 'select a from t',
    expect: [5],
    risk: 'destructive',
  },
  {
    name: 'a view follows a column’s type',
    from: `${T('a int')} create view v as select id, a from t; create view w as select a from v;`,
    to: `${T('a bigint')} create view v as select id, a from t; create view w as select a from v;`,
    rows: `insert into t values (1, 5);`,
    see: 'select a from w',
    expect: ['5'],
    risk: 'rewrite',
  },
  {
    name: 'a view loses the column that is dropped',
    from: `${T('a int, b int')} create view v as select * from t;`,
    to: `${T('a int')} create view v as select * from t;`,
    rows: `insert into t values (1, 5, 6);`,
    see: 'select a from v',
    expect: [5],
    risk: 'destructive',
  },
  {
    name: 'a function changes its result, under a trigger and a default',
    from: `create function n() returns int language sql as 'select 1'; ${T('a int default n()')}`,
    to: `create function n() returns bigint language sql as 'select 2::bigint'; ${T('a bigint default n()')}`,
    rows: `insert into t (id) values (1);`,
    see: 'insert into t (id) values (2) returning a',
    expect: ['2'],
    risk: 'rewrite',
  },
  {
    name: 'a function changes its result, under a column and a table that go',
    from: `create function n() returns int language sql as 'select 1'; ${T('a int, b int not null default n()')}
      create table u (id int primary key default n(), constraint ck check (id > n()));`,
    to: `create function n() returns bigint language sql as 'select 2::bigint'; ${T('a int')}`,
    rows: `insert into t values (1, 5);`,
    see: 'select a from t',
    expect: [5],
    risk: 'destructive',
  },
  {
    name: 'a trigger watches another column, always',
    from: `create function f() returns trigger language plpgsql as 'begin return new; end'; ${T('a int, b int')}
      create trigger g before update of a on t for each row execute function f();`,
    to: `create function f() returns trigger language plpgsql as 'begin return new; end'; ${T('a bigint, b int')}
      create trigger g before update of b on t for each row execute function f(); alter table t enable always trigger g;`,
    rows: `insert into t values (1, 5, 6);`,
    see: `select tgenabled::text from pg_trigger where tgname = 'g'`,
    expect: ['A'],
    risk: 'rewrite',
  },
  {
    name: 'publication and replica identity change',
    from: `${T('a int not null')} create table u (id int primary key); create publication p for table t;`,
    to: `${T('a int not null')} create table u (id int primary key); create unique index ri on t (id, a);
      alter table t replica identity using index ri; create publication p for table u;`,
    rows: `insert into t values (1, 5);`,
    see: `select relreplident::text from pg_class where relname = 't'`,
    expect: ['i'],
    risk: 'data',
  },
  {
    name: 'names that need quotes',
    from: 'create table "Order" (id int primary key, "from" int);',
    to: 'create table "Order" (id int primary key, "from" bigint not null default 3, "it""s" text);',
    rows: `insert into "Order" values (1, 5);`,
    see: 'select "from" from "Order"',
    expect: ['5'],
    risk: 'data',
  },
  {
    name: 'a schema of its own comes and goes',
    from: `create schema a; create table a.x (id int primary key); ${T('a int')}`,
    to: `create schema b; create table b.y (id int primary key, s text); create index ix on b.y (s); ${T('a int')}`,
    rows: `insert into t values (1, 5);`,
    see: 'select a from t',
    expect: [5],
    risk: 'destructive',
  },
];
