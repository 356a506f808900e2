import type { PGlite } from '@electric-sql/pglite';

export interface TypeName {
  /** As Postgres knows it. */
  readonly own: string;
  /** Of what it is made in the end, domains taken away: `text` for a domain of text, `text[]` for an array of them. */
  readonly base: string;
}

/** As `format_type` tells arrays; those stored plainly are `oidvector` and its like. */
const IS_ARRAY = `(t.typsubscript = 'array_subscript_handler'::regproc and t.typstorage <> 'p')`;

const TYPE_NAMES = `with recursive type as (
    select oid, oid as at, '' as suffix from pg_type where oid = any ($1::oid[])
    union all
    select type.oid, case when t.typtype = 'd' then t.typbasetype else t.typelem end,
      case when t.typtype = 'd' then suffix else suffix || '[]' end
    from type join pg_type t on t.oid = type.at
    where t.typtype = 'd' or ${IS_ARRAY}
  )
  select type.oid::int8::text as oid, format_type(type.oid, null) as own, format_type(type.at, null) || suffix as base
  from type join pg_type t on t.oid = type.at
  where t.typtype <> 'd' and not ${IS_ARRAY}`;

/** @returns the names of types, as `format_type` prints them without a modifier, by oid */
export async function typeNames(
  db: Pick<PGlite, 'query'>,
  oids: readonly number[],
): Promise<(oid: number) => TypeName> {
  const { rows } = await db.query<TypeName & { oid: string }>(TYPE_NAMES, [`{${oids.join()}}`]);
  const names = new Map(rows.map(({ oid, own, base }) => [Number(oid), { own, base }]));
  return (oid) => {
    const name = names.get(oid);
    if (name === undefined) throw new TypeError(`Postgres has no type ${oid}`);
    return name;
  };
}
