/** Schemas of Postgres itself, and what an extension or another object (a range type) brought along, are nobody's model. */
const OURS = (namespace: string): string =>
  `${namespace} in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')`;
const NO_EXTENSION = (oid: string, catalog: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype in ('e', 'i'))`;
const TABLES = `c.relkind in ('r', 'p') and ${OURS('c.relnamespace')} and ${NO_EXTENSION('c.oid', 'pg_class')}`;
const NAMES = (relation: string, numbers: string): string =>
  `(select coalesce(json_agg(quote_ident(a.attname) order by u.i), '[]') from unnest(${numbers}) with ordinality as u (n, i)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.n)`;

/** Each query gives rows of `name` and the entry's fields; those of parts of a table also give `owner`. */
export const QUERIES = {
  schemas: `select quote_ident(nspname) as name from pg_namespace n
    where ${OURS('n.oid')} and nspname <> 'public' order by 1`,

  extensions: `select quote_ident(extname) as name from pg_extension where extname <> 'plpgsql' order by 1`,

  enums: `select format_type(t.oid, null) as name, json_agg(e.enumlabel order by e.enumsortorder) as labels
    from pg_type t join pg_enum e on e.enumtypid = t.oid
    where ${OURS('t.typnamespace')} and ${NO_EXTENSION('t.oid', 'pg_type')} group by t.oid order by 1`,

  domains: `select format_type(t.oid, null) as name, format_type(t.typbasetype, t.typtypmod) as type,
      t.typnotnull as "notNull", t.typdefault as default,
      (select coalesce(json_object_agg(quote_ident(k.conname), pg_get_constraintdef(k.oid)), '{}')
        from pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks
    from pg_type t where t.typtype = 'd' and ${OURS('t.typnamespace')} and ${NO_EXTENSION('t.oid', 'pg_type')} order by t.oid`,

  tables: `select c.oid::regclass::text as name, obj_description(c.oid, 'pg_class') as comment,
      case c.relreplident when 'd' then 'default' when 'f' then 'full' when 'n' then 'nothing'
        else (select quote_ident(x.relname) from pg_index i join pg_class x on x.oid = i.indexrelid
          where i.indrelid = c.oid and i.indisreplident) end as "replicaIdentity"
    from pg_class c where ${TABLES} order by 1`,

  columns: `select c.oid::regclass::text as owner, quote_ident(a.attname) as name,
      format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
      pg_get_expr(d.adbin, d.adrelid) as default,
      case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as generated,
      case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
      case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
      col_description(c.oid, a.attnum) as comment
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${TABLES} order by 1, a.attnum`,

  constraints: `select c.oid::regclass::text as owner, quote_ident(k.conname) as name,
      case k.contype when 'p' then 'primary' when 'u' then 'unique' when 'c' then 'check' when 'f' then 'foreign'
        else 'exclusion' end as kind,
      pg_get_constraintdef(k.oid) as definition, ${NAMES('c.oid', 'k.conkey')} as columns,
      case when k.contype = 'f' then json_build_object('table', k.confrelid::regclass::text,
        'columns', ${NAMES('k.confrelid', 'k.confkey')},
        'by', (select quote_ident(x.relname) from pg_class x where x.oid = k.conindid)) end as references
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where ${TABLES} and k.contype in ('p', 'u', 'c', 'f', 'x') order by 1, 2`,

  indices: `select c.oid::regclass::text as owner, quote_ident(x.relname) as name, i.indisunique as unique,
      regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', 'USING ') as definition
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    where ${TABLES} and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    order by 1, 2`,

  triggers: `select c.oid::regclass::text as owner, quote_ident(g.tgname) as name,
      pg_get_triggerdef(g.oid, true) as definition,
      case g.tgenabled when 'O' then 'origin' when 'A' then 'always' when 'R' then 'replica' else 'disabled' end as enabled
    from pg_trigger g join pg_class c on c.oid = g.tgrelid where ${TABLES} and not g.tgisinternal order by 1, 2`,

  views: `select c.oid::regclass::text as name, c.relkind = 'm' as materialized, pg_get_viewdef(c.oid, true) as definition
    from pg_class c where c.relkind in ('v', 'm') and ${OURS('c.relnamespace')} and ${NO_EXTENSION('c.oid', 'pg_class')}
    order by c.oid`,

  functions: `select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition,
      pg_get_function_arguments(p.oid) || ' → ' || coalesce(pg_get_function_result(p.oid), '') as shape,
      case p.prokind when 'p' then 'procedure' else 'function' end as kind
    from pg_proc p where p.prokind in ('f', 'p') and ${OURS('p.pronamespace')} and ${NO_EXTENSION('p.oid', 'pg_proc')}
    order by 1`,

  publications: `select quote_ident(p.pubname) as name,
      (select coalesce(json_agg(r.prrelid::regclass::text order by r.prrelid::regclass::text), '[]')
        from pg_publication_rel r where r.prpubid = p.oid) as tables,
      -- null before Postgres 18, which has no such column
      to_jsonb(p) ->> 'pubgencols' = 's' as generated
    from pg_publication p where not p.puballtables order by 1`,
} as const;
