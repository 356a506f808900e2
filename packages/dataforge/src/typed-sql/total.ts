import type { FunctionFact, OperatorFact } from './facts.ts';

const words = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));

/**
 * Operators of Postgres's own that have an answer, or an error, for any operands but null. Not among them are those that
 * look for something (`->`, `#>`) and those of jsonpath and of geometry. `total.test.ts` tries them out.
 */
const OPERATORS = words(
  '= <> < <= > >= *= *<> *< *<= *> *>= ~<~ ~<=~ ~>~ ~>=~ ^@',
  '+ - * / % ^ & | # ~ << >> @ |/ ||/ || #-',
  '~~ !~~ ~~* !~~* !~ ~* !~* ? ?| ?& && @> <@ &< &> -|- <<= >>= !!',
);

/** The same of functions. Overloads that do not belong are in {@link PARTIAL}. */
const FUNCTIONS = words(
  'ascii bit_length btrim casefold char_length character_length chr convert_from convert_to decode encode initcap left',
  'length lower lpad ltrim md5 normalize octet_length overlay position quote_ident quote_literal regexp_count',
  'regexp_instr regexp_like regexp_replace repeat replace reverse right rpad rtrim sha224 sha256 sha384 sha512',
  'split_part starts_with strpos substr substring to_bin to_hex to_oct translate unistr upper',
  'abs cbrt ceil ceiling degrees div exp factorial floor gcd lcm ln log log10 mod pi power radians random round sign',
  'sqrt to_char trim_scale trunc width_bucket',
  'age clock_timestamp date_add date_bin date_subtract date_trunc isfinite justify_days justify_hours justify_interval',
  'make_date make_interval make_time make_timestamp make_timestamptz now statement_timestamp timeofday timezone',
  'to_timestamp transaction_timestamp',
  'array_append array_cat array_fill array_positions array_prepend array_remove array_replace array_reverse array_sort',
  'array_to_json array_to_string cardinality regexp_split_to_array string_to_array trim_array',
  'json_array_length json_object json_strip_nulls json_typeof jsonb_array_length jsonb_insert jsonb_object jsonb_pretty',
  'jsonb_set jsonb_strip_nulls jsonb_typeof row_to_json to_json to_jsonb',
  'int4range int8range numrange tsrange tstzrange daterange',
  'numnode phraseto_tsquery plainto_tsquery setweight to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd',
  'websearch_to_tsquery',
  'current_database gen_random_uuid nextval pg_current_xact_id pg_typeof txid_current uuidv4 uuidv7 version',
);

/** No match, no format, no hour at the end of time: no answer. */
const PARTIAL: ReadonlySet<string> = new Set([
  'time(timestamp with time zone)',
  'time(timestamp without time zone)',
  'timetz(timestamp with time zone)',
  'substring(text,text)',
  'substring(text,text,text)',
  'to_char(interval,text)',
  'to_char(timestamp with time zone,text)',
  'to_char(timestamp without time zone,text)',
]);

/** Functions for which only the first arguments count: so many. */
export const DECIDING: ReadonlyMap<string, number> = new Map([
  ['concat', 0],
  ['concat_ws', 1],
  ['format', 1],
  ['json_build_array', 0],
  ['json_build_object', 0],
  ['jsonb_build_array', 0],
  ['jsonb_build_object', 0],
  ['num_nonnulls', 0],
  ['num_nulls', 0],
  ['quote_nullable', 0],
]);

/** Parts of an endless time that are endless too, and so not null (`extract(epoch from 'infinity')`). */
export const ENDLESS_PARTS = words('century decade epoch isoyear millennium year');

/** Functions that return sets, and in none of their columns ever a null. */
const SETS = words(
  'generate_series generate_subscripts json_array_elements json_each json_object_keys jsonb_array_elements jsonb_each',
  'jsonb_object_keys regexp_split_to_table',
);

/** @returns whether the operator has a value that is not null for any operands that are not */
export const isTotalOperator = ({ name, builtin, geometric }: OperatorFact): boolean =>
  builtin && !geometric && OPERATORS.has(name);

/** @returns whether the function has a value that is not null for any arguments that are not */
export const isTotalFunction = ({ name, signature, builtin, exotic, cast }: FunctionFact): boolean =>
  builtin && !exotic && (cast || FUNCTIONS.has(name)) && !PARTIAL.has(signature);

/** @returns whether the rows that the function returns, be there any, hold no nulls */
export const isTotalSet = ({ name, signature, builtin }: FunctionFact): boolean =>
  builtin && (SETS.has(name) || signature === 'string_to_table(text,text)');
