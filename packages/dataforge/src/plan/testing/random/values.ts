import type { Random } from './random.ts';

/** Values of one type, as text that Postgres reads. */
interface Values {
  /** What breaks naive code: extremes, empty things, text of several alphabets. */
  readonly hard: readonly string[];
  /** The i-th of at least a thousand different ones; absent where the type has too few, or none that can be compared. */
  distinct?(i: number): string;
}

const day = (i: number): string => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10);
const uuid = (i: number): string => `0190b0a0-0000-7000-8000-${String(i).padStart(12, '0')}`;
const instant = (i: number): string => `${day(i)} 02:30:00.123456+00`;

const TEXTS = ['', ' ', 'a', "it's", 'naïve ✓ 日本', 'a"b\\c', '😀', 'null', '{x}', 'line\nbreak', '0'];
const MOMENTS = [
  '2026-03-29 01:30:00.123456+00',
  '1969-12-31 23:59:59.999999+00',
  '0001-01-01 00:00:00+00 BC',
  'infinity',
  '-infinity',
  '9999-12-31 23:59:59.5+00',
];
const number = (...hard: string[]): Values => ({ hard, distinct: (i) => String(i - 50) });
const text = (limit: number): Values => ({
  hard: [...TEXTS, 'é'.repeat(Math.min(limit, 300)), 'x'.repeat(Math.min(limit, 300))],
  distinct: (i) => `k${i} ✓`,
});
const ranges = (low: (i: number) => string, ...hard: string[]): Values => ({
  hard: ['empty', '(,)', ...hard],
  distinct: (i) => `[${low(i * 3)},${low(i * 3 + 2)})`,
});

export const VALUES: Readonly<Record<string, Values>> = {
  text: text(Infinity),
  'character varying': text(Infinity),
  'character varying(20)': text(20),
  'character varying(40)': text(40),
  smallint: number('0', '32767', '-32768'),
  integer: number('0', '2147483647', '-2147483648'),
  bigint: number('0', '9223372036854775807', '-9223372036854775808'),
  numeric: number('0', '-0.000000000000000000001', '123456789012345678901234567890.5', '1.50', 'NaN', 'Infinity'),
  'numeric(12,1)': number('0', '99999999999.9', '-0.1'),
  'numeric(12,3)': number('0', '999999999.999', '-0.001', '1.5', '2.5', '-2.5', '0.05', '-7.451'),
  'numeric(20,3)': number('0', '99999999999999999.999', '-0.001'),
  'double precision': { hard: ['0', '1.5', '2.5', '-3.5', '1e15', '0.1', '-123456.75'] },
  boolean: { hard: ['true', 'false'] },
  uuid: { hard: ['ffffffff-ffff-ffff-ffff-ffffffffffff', uuid(0)], distinct: uuid },
  date: { hard: ['2024-02-29', '0001-01-01 BC', '1969-12-31', '9999-12-31', 'infinity'], distinct: day },
  'timestamp with time zone': { hard: MOMENTS, distinct: instant },
  'timestamp(3) with time zone': {
    hard: ['2026-03-29 01:30:00.123+00', 'infinity', '1969-12-31 23:59:59.999+00'],
    distinct: instant,
  },
  'timestamp without time zone': {
    hard: MOMENTS.map((one) => one.replace('+00', '')),
    distinct: (i) => `${day(i)} 02:30:00.5`,
  },
  interval: { hard: ['0', '1 year 2 mons -3 days +04:05:06.789', '-178000000 years', '1 mon -1 days'] },
  json: { hard: ['{"b":1,"a":[null]}', '[]', 'null', '"x"'] },
  jsonb: { hard: ['{"": null, "a": 12345678901234567890}', '[]', 'null', '"é\\n"', '{"a": {"b": [1, "x"]}}', 'true'] },
  'text[]': { hard: ['{}', '{NULL}', '{a,NULL,"b c","","{",null}', '{"é\\"\\\\"}', '{{a,b},{c,NULL}}'] },
  'character varying(20)[]': { hard: ['{}', '{NULL}', '{a,NULL,"b c",""}'] },
  'integer[]': { hard: ['{}', '{NULL}', '{1,NULL,-2147483648}', '{{1,2},{3,4}}'] },
  'bigint[]': { hard: ['{}', '{9223372036854775807,NULL}'] },
  'timestamp with time zone[]': { hard: ['{}', '{"2026-03-29 01:30:00+00",NULL,infinity}'] },
  bytea: { hard: ['\\x', '\\x00ff5c27', '\\xdeadbeef'] },
  inet: { hard: ['10.0.0.1', '::1', '10.0.0.0/8'] },
  int4range: ranges(String, '(-2147483648,2147483647)', '[1,)'),
  numrange: ranges(String, '[0.5,1.25]', '(,0)'),
  daterange: ranges(day, '[2024-02-29,infinity]', '(,2000-01-01)'),
  tstzrange: ranges((i) => `"${instant(i)}"`, '["2026-03-29 01:30:00+00",infinity)', '(,"2000-01-01 00:00:00+00"]'),
};

/** Short, and accepted by every check, formula and domain that a sketch may hold. */
export const TAME = {
  integer: (random: Random): string => String(random.between(-1000, 1000)),
  text: (random: Random): string => random.pick(['a', "it's", '日本', 'ok ✓', 'zz']),
};

/** Types that columns are made of. */
export const TYPES: readonly string[] = Object.keys(VALUES);
export const RANGES: readonly string[] = TYPES.filter((type) => type.endsWith('range'));
export const DISTINCT: readonly string[] = TYPES.filter((type) => VALUES[type]?.distinct && !type.endsWith('range'));
