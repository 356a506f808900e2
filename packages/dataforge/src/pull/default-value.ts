import type { Catalog, ColumnEntry } from '../catalog/types.ts';
import { array, arrow, object, sql, text, type Node } from './layout.ts';

/** `'…'::type`, as Postgres prints a constant of a type. */
const CONSTANT = /^'((?:[^']|'')*)'::(.+)$/s;

/**
 * A column's default as its decorator says it: a plain value where that gives the very same expression, else SQL. A
 * number is one for `integer` only: of other types Postgres prints `0` and `'0'` differently.
 *
 * @returns undefined where there is none; `NULL` is none
 */
export function sayDefault({ type, default: value }: ColumnEntry, domains: Catalog['domains']): Node | undefined {
  if (value === null || /^NULL::/.test(value)) return undefined;
  const base = unmodified(domains[type]?.type ?? type);
  if (base === 'boolean' && /^(true|false)$/.test(value)) return value;
  if (base === 'integer' && /^\d+$/.test(value)) return value;
  const [, quoted = '', cast = ''] = CONSTANT.exec(value) ?? [];
  if (base === 'integer' && cast === 'integer' && /^-\d+$/.test(quoted)) return quoted;
  const constant = quoted.replaceAll("''", "'");
  if (cast === '' || ![type, base, unmodified(type)].includes(cast)) return arrow(sqlOf(value));
  if (base.endsWith('[]')) return constant === '{}' ? array([]) : arrow(sqlOf(value));
  if (base === 'json' || base === 'jsonb') return constant === '{}' ? object({}) : arrow(sqlOf(value));
  return text(constant);
}

/** What Postgres calls a type in a cast that it prints: `character varying`, `bpchar`. */
const unmodified = (type: string): string =>
  type.replace(/\(\d+(,-?\d+)?\)/, '').replace(/^character(?=$|\[)/, 'bpchar');

const sqlOf = (value: string): string => (/['\\`]/.test(value) ? sql(value) : text(value));
