import { OWN, PUBLIC, type Rule } from './rule.ts';

/** Extensions that the shadow database has, and clients can have. */
const EXTENSIONS = ['btree_gin', 'btree_gist', 'citext', 'hstore', 'ltree', 'pg_trgm', 'unaccent'];

const types = (condition: string): string =>
  `select 'type ' || format_type(t.oid, null) as key, format_type(t.oid, null) as subject from pg_type t
    where t.typnamespace = 'public'::regnamespace and ${OWN('pg_type', 't.oid')} and ${condition} order by 1`;

const functions = (condition: string, subject = ''): string =>
  `select 'function ' || p.oid::regprocedure as key, p.oid::regprocedure${subject} as subject
    from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace = 'public'::regnamespace and ${OWN('pg_proc', 'p.oid')} and ${condition} order by 1`;

/** Types, programs and things of the database as a whole. */
export const OTHERS: readonly Rule[] = [
  {
    code: 'composite_type',
    sql: types(`exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')`),
    loses: true,
    says: (type) => `Type ${type} is composite, which columns of entities cannot be.`,
    fix: 'Use jsonb, or a column for each of its fields.',
  },
  {
    code: 'own_type',
    sql: types(`t.typtype in ('r', 'm', 'b') and t.typcategory <> 'A'`),
    loses: true,
    says: (type) => `Type ${type} is one of your own, which entities cannot declare.`,
    fix: 'Use one of Postgres’s own ranges or types.',
  },
  {
    code: 'domain_collation',
    sql: types(
      `t.typtype = 'd' and t.typcollation <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)`,
    ),
    loses: false,
    says: (type) => `The collation of domain ${type} is not pulled.`,
    fix: 'Give its columns the collation: @Column({ …, collation }).',
  },
  {
    code: 'function_language',
    sql: functions(`p.prokind in ('f', 'p') and l.lanname not in ('sql', 'plpgsql')`, ` || ' in ' || l.lanname`),
    loses: true,
    says: (name) => `Function ${name} is not pulled: only SQL and PL/pgSQL are everywhere.`,
    fix: 'Write it in PL/pgSQL.',
  },
  {
    code: 'aggregate',
    sql: functions(`p.prokind in ('a', 'w')`, '::text'),
    loses: true,
    says: (name) => `Aggregate ${name} is not pulled.`,
    fix: 'Write `create aggregate` in src/sql/*.server.sql.',
  },
  {
    code: 'event_trigger',
    sql: `select 'other event trigger ' || quote_ident(evtname) as key, quote_ident(evtname) as subject
      from pg_event_trigger t where ${OWN('pg_event_trigger', 't.oid')} order by 1`,
    loses: true,
    says: (name) => `Event trigger ${name} belongs to the database as a whole, and is not pulled.`,
    fix: 'Keep it where the database is set up.',
  },
  {
    code: 'statistics',
    sql: `select 'other statistics ' || quote_ident(stxname) as key, quote_ident(stxname) as subject
      from pg_statistic_ext where stxnamespace = 'public'::regnamespace order by 1`,
    loses: true,
    says: (name) => `Extended statistics ${name} are not pulled.`,
    fix: 'Write `create statistics` in src/sql/*.server.sql.',
  },
  {
    code: 'publication',
    sql: `select 'other publication ' || quote_ident(pubname) as key, quote_ident(pubname) as subject
      from pg_publication where pubname <> 'vibestack' order by 1`,
    loses: true,
    says: (name) => `Publication ${name} is not pulled, and a plan for this database would end it.`,
    fix: 'Write `create publication` in src/sql/*.server.sql, if somebody subscribes to it.',
  },
  {
    code: 'other_schema',
    sql: `select 'schema ' || quote_ident(n.nspname) as key,
        quote_ident(n.nspname) || ' (tables: ' || count(c.oid) || ')' as subject
      from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'vibestack')
        and ${OWN('pg_namespace', 'n.oid')} group by n.nspname order by 1`,
    loses: true,
    says: (schema) => `Schema ${schema} is not pulled: the application’s tables lie in schema public.`,
    fix: 'Leave it to whoever made it, or move its tables: alter table … set schema public.',
  },
  {
    code: 'extension',
    sql: `select 'extension ' || quote_ident(extname) as key, quote_ident(extname) ||
        case when extnamespace <> 'public'::regnamespace then ' in schema ' || extnamespace::regnamespace else '' end as subject
      from pg_extension where extname <> 'plpgsql'
        and (extnamespace <> 'public'::regnamespace or extname <> all ('{${EXTENSIONS.join(',')}}')) order by 1`,
    loses: true,
    says: (name) => `Extension ${name} is not pulled, nor what needs it.`,
    fix: `Only these can be used, in schema public: ${EXTENSIONS.join(', ')}. The extension itself stays in this database.`,
  },
  {
    code: 'privileges',
    sql: `select 'other privileges' as key, string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text) as subject
      from pg_class c where c.${PUBLIC} and c.relkind in ('r', 'v', 'm') and ${OWN('pg_class', 'c.oid')}
        and exists (select from aclexplode(c.relacl) g where g.grantee <> c.relowner) having count(*) > 0`,
    loses: false,
    says: (relations) => `Privileges that were granted on ${relations} are not pulled. They stay in this database.`,
    fix: 'Write `grant …` in src/sql/*.server.sql, if other roles shall have them elsewhere.',
  },
  {
    code: 'comment',
    sql: `select 'other comment' as key, pg_describe_object(classoid, objoid, objsubid) as subject
      from pg_description d where objoid >= 16384 and objsubid = 0
        and classoid in ('pg_constraint'::regclass, 'pg_type'::regclass, 'pg_trigger'::regclass, 'pg_class'::regclass)
        and not exists (select from pg_class c
          where classoid = 'pg_class'::regclass and c.oid = objoid and c.relkind <> 'i')
        and not exists (select from pg_depend e
          where e.classid = classoid and e.objid = objoid and e.deptype = 'e') order by 2`,
    loses: false,
    says: (subject) => `The comment on ${subject} is not pulled. It stays in this database.`,
    fix: 'Write `comment on …` in src/sql/*.server.sql, if another shall have it.',
  },
];
