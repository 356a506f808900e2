/**
 * What a plan between two catalogs need not know, but whoever writes a database down must. Names are SQL, as in the
 * catalog; `key` names a part of the database: `relation t`, `column t.c`, `constraint t.k`, `function f(integer)`.
 */
const COLUMN = (relation: string, number: string): string =>
  `'column ' || ${relation}::regclass || '.' || (select quote_ident(a.attname) from pg_attribute a
      where a.attrelid = ${relation} and a.attnum = ${number})`;

const KEY = (catalog: string, id: string, sub: string): string => `case ${catalog}
  when 'pg_class'::regclass then (select case
      when ${sub} > 0 then ${COLUMN('k.oid', sub)}
      when k.relkind in ('i', 'I') then 'index ' ||
        (select i.indrelid::regclass || '.' from pg_index i where i.indexrelid = k.oid) || quote_ident(k.relname)
      when k.relkind = 'S' then 'sequence ' || k.oid::regclass
      else 'relation ' || k.oid::regclass end from pg_class k where k.oid = ${id})
  when 'pg_type'::regclass then (select case when r.relkind in ('r', 'p', 'v', 'm', 'f') then 'relation ' || r.oid::regclass
      else 'type ' || format_type(e.oid, null) end
    from pg_type t join pg_type e on e.oid = case when t.typcategory = 'A' then t.typelem else t.oid end
      left join pg_class r on r.oid = e.typrelid where t.oid = ${id})
  when 'pg_proc'::regclass then 'function ' || ${id}::regprocedure
  when 'pg_attrdef'::regclass then (select regexp_replace(${COLUMN('v.adrelid', 'v.adnum')}, '^column', 'default')
    from pg_attrdef v where v.oid = ${id})
  when 'pg_constraint'::regclass then (select case
      when k.conrelid <> 0 then 'constraint ' || k.conrelid::regclass || '.' || quote_ident(k.conname)
      else 'type ' || format_type(k.contypid, null) end from pg_constraint k where k.oid = ${id})
  when 'pg_trigger'::regclass then (select 'trigger ' || g.tgrelid::regclass || '.' || quote_ident(g.tgname)
    from pg_trigger g where g.oid = ${id})
  when 'pg_rewrite'::regclass then (select case when w.rulename = '_RETURN' then 'relation ' || w.ev_class::regclass
      else 'rule ' || w.ev_class::regclass || '.' || quote_ident(w.rulename) end from pg_rewrite w where w.oid = ${id})
  else 'other ' || pg_describe_object(${catalog}, ${id}, ${sub}) end`;

/** `from` cannot be without `to`. What Postgres brings itself has object numbers below 16384. */
export const EDGES = `select distinct "from", "to" from (
    select ${KEY('d.classid', 'd.objid', 'd.objsubid')} as "from",
      coalesce((select 'extension ' || quote_ident(x.extname) from pg_depend m join pg_extension x on x.oid = m.refobjid
          where m.classid = d.refclassid and m.objid = d.refobjid and m.deptype = 'e'),
        ${KEY('d.refclassid', 'd.refobjid', 'd.refobjsubid')}) as "to"
    from pg_depend d
    where d.deptype in ('n', 'a', 'i') and d.refobjid >= 16384
      and d.refclassid not in ('pg_namespace'::regclass, 'pg_language'::regclass, 'pg_extension'::regclass)
      and d.classid not in ('pg_policy'::regclass, 'pg_default_acl'::regclass)) as e
  where "from" <> "to" order by 1, 2`;

export const SEQUENCES = `select c.oid::regclass::text as name, d.refobjid::regclass::text as table,
    (select quote_ident(a.attname) from pg_attribute a
      where a.attrelid = d.refobjid and a.attnum = d.refobjsubid) as column,
    format_type(s.seqtypid, null) as type,
    concat_ws(' ', case when s.seqincrement <> 1 then 'increment by ' || s.seqincrement end,
      case when s.seqmin <> case when s.seqincrement > 0 then 1 else s.seqmin end then 'minvalue ' || s.seqmin end,
      case when s.seqmax <> case s.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
        else 9223372036854775807 end and s.seqincrement > 0 then 'maxvalue ' || s.seqmax end,
      case when s.seqstart <> 1 then 'start with ' || s.seqstart end,
      case when s.seqcache <> 1 then 'cache ' || s.seqcache end, case when s.seqcycle then 'cycle' end) as options
  from pg_sequence s join pg_class c on c.oid = s.seqrelid and c.relnamespace = 'public'::regnamespace
    left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
      and d.deptype in ('a', 'i') and d.refobjsubid > 0
  where not exists (select from pg_depend e
    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
  order by 1`;

/** Statements that belong to a view or function, beside its definition. */
export const ATTACHED = `select owner, sql from (
    select m.oid::regclass::text as owner, 1 as n, pg_get_indexdef(i.indexrelid) as sql
      from pg_index i join pg_class m on m.oid = i.indrelid and m.relkind = 'm'
    union all select v.oid::regclass::text, 2, pg_get_triggerdef(g.oid, true)
      from pg_trigger g join pg_class v on v.oid = g.tgrelid and v.relkind = 'v' where not g.tgisinternal
    union all select v.oid::regclass::text, 3, format('comment on %s %s is %L',
        case v.relkind when 'v' then 'view' else 'materialized view' end, v.oid::regclass,
        obj_description(v.oid, 'pg_class'))
      from pg_class v where v.relkind in ('v', 'm') and obj_description(v.oid, 'pg_class') is not null
    union all select p.oid::regprocedure::text, 4, format('comment on %s %s is %L',
        case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure,
        obj_description(p.oid, 'pg_proc'))
      from pg_proc p where p.oid >= 16384 and p.prokind in ('f', 'p')
        and obj_description(p.oid, 'pg_proc') is not null) as s
  order by owner, n, sql`;

export const VIEW_OPTIONS = `select c.oid::regclass::text as name, array_to_string(c.reloptions, ', ') as options
  from pg_class c where c.relkind in ('v', 'm') and c.reloptions is not null order by 1`;
