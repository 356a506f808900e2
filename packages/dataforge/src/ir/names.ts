import { createHash } from 'node:crypto';

/** Postgres cuts names after 63 bytes, and two that were cut may be one. */
const LONGEST = 63;

/** Joins parts to the name of a constraint or index; a long one ends in a hash of the whole. */
export function objectName(...parts: readonly string[]): string {
  const name = parts.join('_');
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST - hash.length - 1)}_${hash}`;
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const list = (names: readonly string[]): string => names.map(quote).join(', ');
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Whether an SQL expression may speak of a column. Errs on the side of yes. */
export function mentionsColumn(sql: string, column: string): boolean {
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(sql);
}

/** Words that Postgres quotes when it prints them as names: all but the unreserved ones (appendix C, SQL key words). */
const RESERVED = new Set(
  `authorization between bigint binary bit boolean char character coalesce collation concurrently cross current_schema dec
   decimal exists extract float freeze full greatest grouping ilike inner inout int integer interval is isnull join json
   json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table
   json_value least left like merge_action national natural nchar none normalize notnull nullif numeric out outer
   overlaps overlay position precision real right row setof similar smallint substring tablesample time timestamp treat
   trim values varchar verbose xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
   xmlroot xmlserialize xmltable
   all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
   current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct
   do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit
   localtime localtimestamp not null offset on only or order placing primary references returning select session_user
   some symmetric system_user table then to trailing true union unique user using variadic when where window with`.split(
    /\s+/,
  ),
);

/** A name as Postgres prints it. */
export const quoteIfNeeded = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : quote(name);

/** A short, stable fingerprint, for names of things that have none. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
