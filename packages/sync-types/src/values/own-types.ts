/**
 * `oid`, `type` of the types that a database has beside Postgres's own, where their values are not texts: domains have
 * those of the type that they restrict, and every type has an array.
 *
 * An array of domains over arrays prints its elements quoted, as one text each; so they stay texts.
 */
export const OWN_TYPES_SQL = `
with recursive own (oid, is_array, base) as (
  select oid, false, typbasetype from pg_catalog.pg_type where typtype = 'd'
  union all
  select typarray, true, oid from pg_catalog.pg_type where typarray >= 16384
  union all
  select own.oid, own.is_array, t.typbasetype from own join pg_catalog.pg_type t on t.oid = own.base where t.typtype = 'd')
select own.oid, case
    when not own.is_array then format_type(own.base, null)
    when t.typcategory = 'A' then 'text[]'
    else format_type(own.base, null) || '[]' end as type
from own join pg_catalog.pg_type t on t.oid = own.base where t.typtype <> 'd'`;
