import type { Risk } from '../../step.ts';

type Group = 'widened' | 'narrowed' | 'converted without loss' | 'made text' | 'read from text' | 'array' | 'lossy';

/** What becomes of a column's values when its type changes, written down apart from the planner. */
export interface Expectation {
  readonly group: Group;
  readonly from: string;
  readonly to: string;
  /** The type whose values the rows hold before, as text: they have to fit both. */
  readonly source: string;
  readonly risk: Risk;
  /** What was different may be the same afterwards. */
  readonly merges: boolean;
  /** From the text of the old value to that of the new one. */
  readonly become: (text: string) => string | null;
}

const same = (text: string): string => text;

interface Details {
  readonly source?: string;
  readonly merges?: boolean;
  readonly become?: (text: string) => string | null;
}

const group =
  (name: Group, risk: Risk) =>
  (from: string, to: string, { source = from, merges = false, become = same }: Details = {}): Expectation => ({
    group: name,
    risk,
    from,
    to,
    source,
    merges,
    become,
  });

const ZONED = 'timestamp with time zone';
const PLAIN = 'timestamp without time zone';
const V = (length: number): string => `character varying(${length})`;

const withZone = (text: string): string => (text.includes('infinity') ? text : text.replace(/( BC)?$/, '+00$1'));
const withoutZone = (text: string): string => text.replace('+00', '');
const atMidnight = (text: string): string =>
  text === 'infinity' ? text : withZone(text.replace(/( BC)?$/, ' 00:00:00$1'));

/** `0.05` to one place is `0.1`: away from zero, as `numeric` does it. Done with digits, for floats would lie. */
function rounded(text: string, places: number): string {
  const [whole = '', digits = ''] = text.replace('-', '').split('.');
  const kept =
    BigInt(whole + digits.slice(0, places).padEnd(places, '0')) + (Number(digits[places] ?? 0) >= 5 ? 1n : 0n);
  const all = String(kept).padStart(places + 1, '0');
  const value = places === 0 ? all : `${all.slice(0, -places)}.${all.slice(-places)}`;
  return kept === 0n || !text.startsWith('-') ? value : `-${value}`;
}

/** Floats go to the even neighbour. */
function evenInteger(text: string): string {
  const value = Number(text);
  const below = Math.floor(value);
  if (value - below !== 0.5) return String(Math.round(value) + 0);
  return String(below % 2 === 0 ? below : below + 1);
}

const element = (text: string): string =>
  /^$|[{}",\\\s]|^null$/i.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
const hex = (text: string): string => `\\x${Buffer.from(text).toString('hex')}`;

const widened = group('widened', 'none');
const narrowed = group('narrowed', 'data');
const lossless = group('converted without loss', 'rewrite');
const asText = group('made text', 'rewrite');
const fromText = group('read from text', 'data');
const array = group('array', 'rewrite');
const lossy = group('lossy', 'destructive');

export const EXPECTATIONS: readonly Expectation[] = [
  widened(V(20), V(40)),
  widened(V(20), 'character varying'),
  widened(V(40), 'text'),
  widened('character varying', 'text'),
  widened('text', 'character varying'),
  widened('numeric(12,3)', 'numeric(20,3)'),
  widened('numeric(12,3)', 'numeric'),
  widened('timestamp(3) with time zone', ZONED),
  widened(ZONED, PLAIN, { become: withoutZone }),
  widened(PLAIN, ZONED, { become: withZone }),

  narrowed('text', V(20), { source: V(20) }),
  narrowed(V(40), V(20), { source: V(20) }),
  narrowed('character varying', V(40), { source: V(40) }),
  narrowed('bigint', 'integer', { source: 'integer' }),
  narrowed('integer', 'smallint', { source: 'smallint' }),
  narrowed('bigint', 'smallint', { source: 'smallint' }),

  lossless('smallint', 'integer'),
  lossless('smallint', 'bigint'),
  lossless('integer', 'bigint'),
  lossless('integer', 'numeric'),
  lossless('bigint', 'numeric'),
  lossless('integer', 'double precision', { become: (text) => String(Number(text)) }),
  lossless('date', ZONED, { become: atMidnight }),
  lossless('date', PLAIN, { become: (text) => withoutZone(atMidnight(text)) }),
  lossless('json', 'jsonb', { become: (text) => (text.startsWith('{') ? '{"a": [null], "b": 1}' : text) }),
  lossless('boolean', 'integer', { become: (text) => (text === 'true' ? '1' : '0'), merges: true }),
  lossless('integer', 'jsonb'),
  lossless('boolean', 'jsonb'),

  asText('integer', 'text'),
  asText('bigint', 'character varying'),
  asText('numeric(12,3)', 'text'),
  asText('uuid', 'text'),
  asText('boolean', 'text'),
  asText('date', 'text'),
  asText(ZONED, 'text'),
  asText('interval', 'text'),
  asText('jsonb', 'text'),
  asText('bytea', 'text'),
  asText('inet', 'text', {
    become: (text) => (text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`),
  }),
  asText('int4range', 'text'),

  fromText('text', 'integer', { source: 'integer' }),
  fromText('text', 'bigint', { source: 'bigint' }),
  fromText('text', 'uuid', { source: 'uuid' }),
  fromText('text', 'date', { source: 'date' }),
  fromText('text', 'boolean', { source: 'boolean', merges: true }),
  fromText('text', 'jsonb', { source: 'jsonb' }),
  fromText('text', ZONED, { source: ZONED }),
  fromText('text', 'interval', { source: 'interval', become: (text) => (text === '0' ? '00:00:00' : text) }),
  fromText('character varying(20)', 'integer', { source: 'smallint' }),
  fromText('text', 'bytea', { source: 'date', become: hex }),

  array('text', 'text[]', { become: (text) => `{${element(text)}}` }),
  array('integer', 'integer[]', { become: (text) => `{${text}}` }),
  array('integer', 'bigint[]', { become: (text) => `{${text}}` }),
  array('integer[]', 'bigint[]'),
  array('integer[]', 'text[]'),
  array(`${V(20)}[]`, 'text[]'),
  array('timestamp with time zone[]', 'timestamp without time zone[]', {
    become: (text) => text.replaceAll('+00', ''),
  }),

  lossy('text[]', 'text', { become: firstElement, merges: true }),
  lossy('numeric(12,3)', 'integer', { become: (text) => rounded(text, 0), merges: true }),
  lossy('numeric(12,3)', 'numeric(12,1)', { become: (text) => rounded(text, 1), merges: true }),
  lossy('double precision', 'bigint', { become: evenInteger, merges: true }),
  lossy(ZONED, 'date', { become: (text) => text.replace(/ [\d:.]+\+00/, ''), merges: true }),
  lossy(PLAIN, 'date', { become: (text) => text.replace(/ [\d:.]+/, ''), merges: true }),
  lossy('bigint', 'boolean', { become: (text) => String(text !== '0'), merges: true }),
];

/** Of the arrays that `values.ts` holds; one of arrays has no first element that is not an array itself. */
function firstElement(text: string): string | null {
  const known: Readonly<Record<string, string>> = {
    '{a,NULL,"b c","","{",NULL}': 'a',
    '{"é\\"\\\\"}': 'é"\\',
  };
  return known[text] ?? null;
}
