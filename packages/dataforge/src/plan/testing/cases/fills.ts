import { map, T, type Case } from './case.ts';

const TOUCH = `create function touch() returns trigger language plpgsql as $$ begin new.at := now(); return new; end $$;`;
const TOUCHED = 'create trigger touch before update on t for each row execute function touch();';
const LOG = `create table log (id int generated always as identity primary key, what text);
  create function log() returns trigger language plpgsql as $$ begin insert into log (what) values (tg_op); return null; end $$;`;
const LOGGED =
  'create trigger log after update on t for each row execute function log(); alter table t enable always trigger log;';

/** Values for rows that are there. */
export const fills: readonly Case[] = [
  {
    name: 'a column is filled, and no other is touched by that',
    from: `${TOUCH} ${T('a int, at timestamptz')} ${TOUCHED}`,
    to: `${TOUCH} ${T('a int, at timestamptz, b int not null')} ${TOUCHED}`,
    rows: `insert into t values (1, 5, '2026-01-01 00:00:00+00');`,
    see: 'select at::text from t',
    expect: ['2026-01-01 00:00:00+00'],
    risk: 'data',
    intent: { backfills: map(['t.b', 'a']) },
  },
  {
    name: 'a column is filled, and who follows the table hears of it',
    from: `${LOG} ${T('a int')} ${LOGGED}`,
    to: `${LOG} ${T('a int, b int not null')} ${LOGGED}`,
    rows: `insert into t values (1, 5);`,
    see: 'select what from log',
    expect: ['UPDATE'],
    risk: 'data',
    intent: { backfills: map(['t.b', 'a']) },
  },
  {
    name: 'a column has a default for rows to come, and present rows are filled otherwise',
    from: T('a text'),
    to: T(`a text, b text not null default 'new'`),
    rows: `insert into t values (1, 'x');`,
    see: `insert into t values (2, 'y') returning (select b from t where id = 1) || ' ' || b`,
    expect: ['X new'],
    risk: 'data',
    intent: { backfills: map(['t.b', 'upper(a)']) },
  },
  {
    name: 'a column whose name is spelled otherwise in the declaration is filled',
    from: T('a int'),
    to: T('a int, "position" int not null'),
    rows: `insert into t values (1, 5);`,
    see: 'select "position" from t',
    expect: [6],
    risk: 'data',
    intent: { backfills: map(['t.position', 'a + 1']) },
  },
  {
    name: 'a scope is filled from a parent that gets it in the same change',
    from: `create table p (id int primary key, org int not null); create table m (id int primary key, p_id int not null references p);
      create table b (id int primary key, m_id int not null references m);`,
    to: `create table p (id int primary key, org int not null); create table m (id int primary key, p_id int not null references p, org int not null);
      create table b (id int primary key, m_id int not null references m, org int not null);`,
    rows: `insert into p values (1, 7); insert into m values (2, 1); insert into b values (3, 2);`,
    see: 'select org from b',
    expect: [7],
    risk: 'data',
    intent: {
      backfills: map(
        ['b.org', '(select m.org from m where m.id = b.m_id)'],
        ['m.org', '(select p.org from p where p.id = m.p_id)'],
      ),
    },
  },
  {
    name: 'a reference that is checked late is filled and required',
    from: `create table p (id int primary key); ${T('p_id int references p deferrable initially deferred, u int unique deferrable initially deferred')}`,
    to: `create table p (id int primary key); ${T('p_id int not null references p deferrable initially deferred, u int not null unique deferrable initially deferred')}`,
    rows: `insert into p values (1); insert into t values (1, null, null);`,
    see: 'select p_id + u from t',
    expect: [2],
    risk: 'data',
    intent: { backfills: map(['t.p_id', '1'], ['t.u', 'id']) },
  },
  {
    name: 'a published table is filled while its key changes',
    from: `${T('a int not null, b int')} create publication p for table t;`,
    to: `create table t (id int not null, a int primary key, b int not null); create publication p for table t;`,
    rows: `insert into t values (1, 5, null);`,
    see: 'select b from t',
    expect: [1],
    risk: 'data',
    intent: { backfills: map(['t.b', 'id']) },
  },
  {
    name: 'a published table is filled while the index that tells its rows apart goes',
    from: `${T('a int not null, b int')} create unique index ri on t (a); alter table t replica identity using index ri; create publication p for table t;`,
    to: `${T('a int, b int not null')} create publication p for table t;`,
    rows: `insert into t values (1, 5, null);`,
    see: 'select b from t',
    expect: [1],
    risk: 'data',
    intent: { backfills: map(['t.b', 'id']) },
  },
  {
    name: 'a published table is filled while its key changes its type and its place',
    from: `create table t (id text constraint pk primary key, a int not null, b int); create publication p for table t;`,
    to: `create table t (id uuid not null, a int constraint pk primary key, b int not null); create publication p for table t;`,
    rows: `insert into t values ('0190b0a0-0000-7000-8000-000000000001', 5, null);`,
    see: 'select b from t',
    expect: [5],
    risk: 'data',
    intent: { backfills: map(['t.b', 'a']) },
  },
];
