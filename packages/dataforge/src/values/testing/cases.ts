/** Hard values of a type, as literals, and JSON values that neither the validator takes nor, written to it, Postgres. */
export interface ValueCase {
  /** As `format_type` prints it, without modifiers. */
  readonly type: string;
  readonly literals: readonly string[];
  readonly wrong: readonly unknown[];
}

const of = (type: string, literals: readonly string[], wrong: readonly unknown[]): ValueCase => ({
  type,
  literals,
  wrong,
});

/** What arrays, quotes and encodings may stumble over. */
const TEXTS = [
  '',
  ' ',
  'NULL',
  'null',
  'a,b;c',
  '{}',
  '{',
  '"',
  '\\',
  '\\"',
  "'",
  '\n\t\r\v',
  '😀é́',
  '\u{10ffff}',
  '\u0001',
  'a|b',
];
const NUL = ['\0'];

const NUMBERS = [
  of('smallint', ['0', '-32768', '32767'], [32768, 1.5, 'x']),
  of('integer', ['0', '-2147483648', '2147483647'], [2147483648, '']),
  of('oid', ['0', '4294967295'], [4294967296]),
  of(
    'bigint',
    ['0', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
    ['9223372036854775808', '1.0'],
  ),
  of(
    'numeric',
    [
      '0',
      '-0.00',
      '1.50',
      '1234567890123456789012345678901234567890.1234567890',
      '1e-20',
      '1e40',
      'NaN',
      'Infinity',
      '-Infinity',
    ],
    ['1.2.3', ''],
  ),
  of('real', ['0', '-0', '0.1', '3.4028235e38', '1e-45', '16777217', 'NaN', 'Infinity', '-Infinity'], [1e39, 'x']),
  of(
    'double precision',
    ['0', '-0', '0.1', '5e-324', '1.7976931348623157e308', '9007199254740993', 'NaN', 'Infinity', '-Infinity'],
    ['1e309', ''],
  ),
  of('money', ['0', '-1234.56', '92233720368547758.07', '-92233720368547758.08'], NUL),
];

const STRINGS = [
  of('text', TEXTS, NUL),
  of('character varying', TEXTS, NUL),
  of('character', ['', 'a', ' ', '😀', '"', ','], NUL),
  of('name', ['', 'a b', 'x'.repeat(63), '"'], NUL),
  of('"char"', ['', 'a', ' ', '"', '\\', ',', '\\377'], NUL),
  of('citext', TEXTS, NUL),
  of('xml', ['', '<a b="c">,{}\\</a>', 'plain'], NUL),
  of('mood', ['sad', 'so so', 'a,"b"', 'null'], NUL),
  of('pair', ['(1,"a,b")', '(,)', '(1,"""\\\\")'], NUL),
  of('uuid', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], ['ffff', '']),
  of('boolean', ['t', 'f'], ['x', '']),
  of('bytea', ['\\x', '\\x00', '\\x00ff5c22', '\\x7b7d2c'], ['\\x0', '\\xgg']),
  of('bit', ['1', '0'], ['2', 'y']),
  of('bit varying', ['', '101', '0'.repeat(70)], ['2']),
  of('hstore', ['', '"a"=>"1", "b"=>NULL', '"a\\"b"=>"\\\\"'], NUL),
  of('ltree', ['', 'Top.Science.a_b'], NUL),
  of('cube', ['(1,2),(3,4)', '(0)', '(1.5, -1e+300)'], NUL),
  of('tsvector', ['', "'a':1A,2 'b''c' 'd\\\\e'"], NUL),
  of('tsquery', ['', "'a' & !'b' | ( 'c' <-> 'd':*A )"], NUL),
];

const TIMES = [
  of(
    'date',
    ['2024-02-29', '0001-01-01', '4713-01-01 BC', '0044-03-15 BC', '5874897-12-31', 'infinity', '-infinity'],
    ['2024-02-30', '2024-13-01'],
  ),
  of('time without time zone', ['00:00:00', '23:59:59.999999', '24:00:00', '12:00:00.1'], ['25:00:00', '12:60:00']),
  of('time with time zone', ['00:00:00+00', '24:00:00-15:59:59', '12:34:56.000001+05:30'], ['12:00:00+16']),
  of(
    'timestamp without time zone',
    [
      '2024-02-29 23:59:59.999999',
      '1970-01-01 00:00:00',
      '0044-03-15 12:00:00.000001 BC',
      '294276-12-31 23:59:59.999999',
      'infinity',
      '-infinity',
    ],
    ['2024-02-30 00:00:00', '2024-01-01 25:00:00'],
  ),
  of(
    'timestamp with time zone',
    [
      '2024-02-29 23:59:59.999999+00',
      '2024-01-01 00:00:00.000001+05:30',
      '4714-11-24 00:00:00+00 BC',
      '294276-12-31 23:59:59.999999+00',
      'infinity',
      '-infinity',
    ],
    ['2024-02-30 00:00:00+00', '2024-01-01 00:00:00+16'],
  ),
  of(
    'interval',
    [
      '0',
      '1 year 2 mons -3 days 04:05:06.000001',
      '-1 mon +1 day -00:00:00.5',
      '178000000 years',
      '-1 year',
      'infinity',
      '-infinity',
      '1000 hours',
      'P1Y2M3DT4H',
    ],
    ['x', '1 parsec'],
  ),
];

const DOCUMENTS = (
  [
    ['json', []],
    ['jsonb', ['\0', ['\ud83d'], { '\0': 1 }]],
  ] as const
).map(([type, wrong]) =>
  of(
    type,
    [
      '{"a": [1, null, {"b": "\\"\\\\,{}"}], "": ""}',
      '"text"',
      '""',
      '5',
      'true',
      '[]',
      '{}',
      '[[1, 2], [3]]',
      '[12345678901234567890, 0.1234567890123456789, 1e400, 1.0, 0.1, -0, 5e-324]',
      '{"big": 9007199254740993, "text": "9007199254740993"}',
      '{"$json": "12"}',
      '{"a": {"$json": "x", "b": 1e5}}',
      '"\\u00e9 😀 \\ud83d\\ude00 \\u0001 \\n"',
      '"null"',
    ],
    wrong,
  ),
);

const ADDRESSES = [
  of('inet', ['192.168.0.1', '10.1.2.3/8', '::1', '::ffff:1.2.3.4/100', '2001:db8::/32'], ['1.2.3', 'localhost']),
  of('cidr', ['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::/0'], ['localhost']),
  of('macaddr', ['08:00:2b:01:02:03'], ['08:00']),
  of('macaddr8', ['08:00:2b:01:02:03:04:05'], ['08:00']),
  of('pg_lsn', ['0/0', '16/B374D848', 'FFFFFFFF/FFFFFFFF'], ['16', 'x/y']),
];

const SHAPES = [
  of('point', ['(1,-2.5)', '(1e300,-1e-300)', '(NaN,Infinity)', '(-0,0)'], ['(1)']),
  of('line', ['{1,-2,3.5}'], ['{1,2}']),
  of('lseg', ['[(0,0),(1,1)]'], ['(0,0']),
  of('box', ['(1,1),(0,0)', '(2.5,3),(-1,-2)'], ['(1,1),']),
  of('path', ['((0,0),(1,1),(2,0))', '[(0,0),(1,1)]'], ['[]']),
  of('polygon', ['((0,0),(1,1),(2,0))', '((0,0))'], ['(1)']),
  of('circle', ['<(0,0),1.5>'], ['<(0,0)>']),
];

const RANGES = [
  of('int4range', ['empty', '[1,5)', '(,)', '[-2147483648,)', '(1,2)'], ['[5,1', '1,5']),
  of('int8range', ['empty', '[9007199254740993,9223372036854775807)', '(,5]'], ['[a,b)']),
  of('numrange', ['empty', '[1.50,2.5]', '(-Infinity,NaN)', '(,)'], ['[a,b)']),
  of('daterange', ['empty', '[2024-01-01,infinity)', '["0044-03-15 BC",2024-01-01)'], ['[a,b)']),
  of('tsrange', ['empty', '["2024-01-01 00:00:00.000001",infinity]', '(,"2024-01-01 00:00:00")'], ['[a,b)']),
  of('tstzrange', ['empty', '["2024-01-01 00:00:00+02",)', '(,)'], ['[a,b)']),
  of('int4multirange', ['{}', '{[1,2),[5,7)}', '{(,)}'], ['[1,2)']),
  of('int8multirange', ['{}', '{[9007199254740993,)}'], ['[1,2)']),
  of('nummultirange', ['{}', '{[1.5,2.5],(3,4)}'], ['{[a,b)}']),
  of('datemultirange', ['{}', '{[2024-01-01,2024-01-03),[2025-01-01,)}'], ['{[a,b)}']),
  of('tsmultirange', ['{}', '{["2024-01-01 00:00:00","2024-01-02 00:00:00")}'], ['{[a,b)}']),
  of('tstzmultirange', ['{}', '{["2024-01-01 00:00:00+00",infinity)}'], ['{[a,b)}']),
];

export const CASES: readonly ValueCase[] = [
  ...NUMBERS,
  ...STRINGS,
  ...TIMES,
  ...DOCUMENTS,
  ...ADDRESSES,
  ...SHAPES,
  ...RANGES,
];

/** Types of the application's own, and of extensions. */
export const SETUP = `
  create extension citext; create extension hstore; create extension ltree; create extension cube;
  create type mood as enum ('sad', 'so so', 'a,"b"', 'null');
  create type pair as (a integer, b text);
  create domain score as integer;
  create domain points as score`;
