import type { Risk } from './step.ts';

interface Conversion {
  /** Statements before, in the same transaction. */
  readonly prepare: readonly string[];
  /** The expression after `USING`. */
  readonly using: string;
  readonly risk: Risk;
}

interface Type {
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

/** Postgres keeps the stored values where the new type only allows more (`ALTER TABLE`, notes on rewriting). */
const WIDER: readonly (readonly [from: string, to: string])[] = [
  ['character varying', 'text'],
  ['text', 'character varying'],
  ['citext', 'text'],
  ['text', 'citext'],
  ['cidr', 'inet'],
  // While the zone is UTC; see `IN_UTC`.
  ['timestamp without time zone', 'timestamp with time zone'],
  ['timestamp with time zone', 'timestamp without time zone'],
];
/** Whatever the values are, none changes its meaning or fails. */
const LOSSLESS: readonly (readonly [from: string, to: string])[] = [
  ['smallint', 'integer'],
  ['smallint', 'bigint'],
  ['smallint', 'numeric'],
  ['smallint', 'real'],
  ['smallint', 'double precision'],
  ['integer', 'bigint'],
  ['integer', 'numeric'],
  ['integer', 'double precision'],
  ['bigint', 'numeric'],
  ['real', 'double precision'],
  ['json', 'jsonb'],
  ['date', 'timestamp without time zone'],
  ['date', 'timestamp with time zone'],
  ['boolean', 'smallint'],
  ['boolean', 'integer'],
  ['boolean', 'bigint'],
];
/** Values are rounded or cut without an error. */
const LOSSY: readonly (readonly [from: string, to: string])[] = [
  ['numeric', 'smallint'],
  ['numeric', 'integer'],
  ['numeric', 'bigint'],
  ['numeric', 'real'],
  ['numeric', 'double precision'],
  ['double precision', 'real'],
  ['double precision', 'smallint'],
  ['double precision', 'integer'],
  ['double precision', 'bigint'],
  ['real', 'smallint'],
  ['real', 'integer'],
  ['real', 'bigint'],
  ['bigint', 'real'],
  ['bigint', 'double precision'],
  ['integer', 'real'],
  ['timestamp without time zone', 'date'],
  ['timestamp with time zone', 'date'],
  ['timestamp with time zone', 'time without time zone'],
  ['timestamp without time zone', 'time without time zone'],
  ['smallint', 'boolean'],
  ['integer', 'boolean'],
  ['bigint', 'boolean'],
];
const TEXTUAL = new Set(['text', 'character varying', 'citext', 'character', 'bpchar']);
const INTEGRAL = new Set(['smallint', 'integer', 'bigint']);

/** Whether indices of a column stay what they are when its values do. */
export function keepsIndices(from: string, to: string): boolean {
  const [old, now] = [parse(from).name, parse(to).name];
  return old === now || (STRINGS.has(old) && STRINGS.has(now));
}

const STRINGS = new Set(['text', 'character varying']);

/** A conversion must not depend on the session that happens to run it; and in UTC, some of them cost nothing. */
const IN_UTC = `set local time zone 'UTC';`;
const isZoned = ({ name }: Type): boolean => /(?<!out) time zone$|^tstz/.test(name);

/**
 * How values of one type become values of another, and what that costs.
 *
 * @param replaced  a type of the same name takes the place of the old one; values go by their text
 */
export function conversion(column: string, from: string, to: string, replaced = false): Conversion {
  const [old, now] = [parse(from), parse(to)];
  const prepare = isZoned(old) === isZoned(now) ? [] : [IN_UTC];
  if (replaced) return { prepare, using: `${column}::text${now.array ? '[]' : ''}::${to}`, risk: 'data' };
  if (!old.array && now.array) {
    return { prepare, using: `case when ${column} is not null then array[${column}]::${to} end`, risk: 'rewrite' };
  }
  if (old.array && !now.array) return { prepare, using: `${column}[1]::${to}`, risk: 'destructive' };
  return { prepare, using: usingFor(column, old, now, to), risk: riskOf(old, now) };
}

function usingFor(column: string, old: Type, now: Type, to: string): string {
  if (old.name === 'boolean' && INTEGRAL.has(now.name)) return `${column}::integer::${to}`;
  if (INTEGRAL.has(old.name) && now.name === 'boolean') return `${column} <> 0`;
  if (/^jsonb?$/.test(now.name) && !TEXTUAL.has(old.name) && !/^jsonb?$/.test(old.name))
    return `to_jsonb(${column})::${to}`;
  if (isEnumLike(old) && isEnumLike(now)) return `${column}::text${now.array ? '[]' : ''}::${to}`;
  return `${column}::${to}`;
}

const BUILT_IN =
  /^(smallint|integer|bigint|numeric|real|double precision|boolean|text|citext|character.*|bpchar|uuid|jsonb?|bytea|date|time.*|interval|inet|cidr|macaddr8?|bit.*|money|xml|point|line|lseg|box|path|polygon|circle|ts\w+|\w+range|oid|name)$/;
const isEnumLike = ({ name }: Type): boolean => !BUILT_IN.test(name);

const pairIn = (pairs: readonly (readonly [string, string])[], old: Type, now: Type): boolean =>
  pairs.some(([from, to]) => from === old.name && to === now.name);

function riskOf(old: Type, now: Type): Risk {
  // Each array is written anew, even where its elements stay what they are.
  const wider: Risk = now.array ? 'rewrite' : 'none';
  const isLooser = modifiersWiden(old, now);
  if (old.name === now.name) return isLooser ? wider : narrowing(now.name);
  if (pairIn(WIDER, old, now) && now.modifiers.length === 0) return wider;
  if (TEXTUAL.has(now.name)) return now.modifiers.length > 0 ? 'data' : 'rewrite';
  if (pairIn(LOSSLESS, old, now) || pairIn(WIDER, old, now)) {
    if (now.modifiers.length === 0) return 'rewrite';
    return now.name === 'numeric' ? 'data' : isLooser ? 'rewrite' : narrowing(now.name);
  }
  if (/^jsonb?$/.test(now.name) && !TEXTUAL.has(old.name)) return 'rewrite';
  return pairIn(LOSSY, old, now) ? 'destructive' : 'data';
}

/** Text that does not fit is an error; digits and fractions of seconds are rounded away. */
const narrowing = (name: string): Risk => (/^(numeric|time|interval)/.test(name) ? 'destructive' : 'data');

/** `varchar(20)` → `varchar(30)`, `numeric(8,2)` → `numeric(10,2)`, `timestamptz(3)` → `timestamptz`. */
function modifiersWiden(old: Type, now: Type): boolean {
  if (now.modifiers.length === 0) return true;
  if (old.modifiers.length === 0) return false;
  const [precision = 0, scale = 0] = old.modifiers;
  const [wider = 0, newScale = 0] = now.modifiers;
  if (now.name === 'character') return precision === wider;
  return wider >= precision && scale === newScale;
}

function parse(text: string): Type {
  const array = text.endsWith('[]');
  const bare = array ? text.slice(0, -2) : text;
  const modifiers = /\(([\d,-]+)\)/.exec(bare)?.[1]?.split(',').map(Number) ?? [];
  return {
    name: bare
      .replace(/\([\d,-]+\)/, '')
      .replace(/\s+/g, ' ')
      .trim(),
    modifiers,
    array,
  };
}
