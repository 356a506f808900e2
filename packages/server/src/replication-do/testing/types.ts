import type { SyncSchema } from '@vibestack/sync-types';
import { schema } from './messages.ts';

/** A column of every type that has cost somebody data, with a value whose text is easily damaged. */
export const allTypes: Readonly<Record<string, string>> = {
  a_int8: `9223372036854775807`,
  a_numeric: `1234567890123456789012345678901234567890.10`,
  a_nan: `'NaN'::numeric`,
  a_float8: `0.1::float8 + 0.2::float8`,
  a_negative_zero: `'-0'::float8`,
  a_timestamptz: `'2024-02-29 23:59:59.123456+05:30'::timestamptz`,
  a_infinity: `'infinity'::timestamptz`,
  a_past: `'-infinity'::date`,
  a_bc: `'0044-03-15 BC'::date`,
  a_interval: `'1 year 2 mons -3 days 04:05:06.789'::interval`,
  a_char: `'ab'::char(5)`,
  a_text_array: `array['a,b', null, 'NULL', '"', '\\\\', '']`,
  a_int_array: `'[2:3][0:1]={{1,2},{3,4}}'::int[]`,
  a_range: `'[1,5)'::int4range`,
  a_multirange: `'{[1,3), [7,8)}'::int4multirange`,
  a_mood: `'so so'::mood`,
  a_positive: `7::positive`,
  a_bytea: `'\\x00ff0a'::bytea`,
  a_json: `'{"b": 1e400, "a": 12345678901234567890.0, "b": 2}'::json`,
  a_jsonb: `'{"n": 12345678901234567890.10}'::jsonb`,
  a_bool: `true`,
  a_uuid: `'0190163d-8694-739b-aea5-966c26f8ad91'::uuid`,
  a_inet: `'2001:db8::1/64'::inet`,
  a_bit: `b'0101'::bit(4)`,
  a_time: `'23:59:59.999999'::time`,
  a_text: `E'line\\nquote " \\\\ \\u2028 🦉'`,
  an_empty: `''::text`,
  a_null: `null::text`,
};

const TYPES: Readonly<Record<string, string>> = {
  a_int8: 'int8',
  a_numeric: 'numeric',
  a_nan: 'numeric',
  a_float8: 'float8',
  a_negative_zero: 'float8',
  a_timestamptz: 'timestamptz',
  a_infinity: 'timestamptz',
  a_past: 'date',
  a_bc: 'date',
  a_interval: 'interval',
  a_char: 'char(5)',
  a_text_array: 'text[]',
  a_int_array: 'int[]',
  a_range: 'int4range',
  a_multirange: 'int4multirange',
  a_mood: 'mood',
  a_positive: 'positive',
  a_bytea: 'bytea',
  a_json: 'json',
  a_jsonb: 'jsonb',
  a_bool: 'bool',
  a_uuid: 'uuid',
  a_inet: 'inet',
  a_bit: 'bit(4)',
  a_time: 'time',
};

const names = Object.keys(allTypes);

export const typesTable: readonly string[] = [
  `create type mood as enum ('happy', 'so so')`,
  'create domain positive as int check (value > 0)',
  `create table every_type (id int primary key, project_id text not null,
     ${names.map((name) => `${name} ${TYPES[name] ?? 'text'}`).join(', ')})`,
  'alter table every_type replica identity full',
];

const [like] = schema.tables;

/** The application's schema with that table in it. */
export const typesSchema: SyncSchema = {
  ...schema,
  tables: [
    ...schema.tables,
    ...(like === undefined
      ? []
      : [
          {
            ...like,
            name: 'every_type',
            columns: ['id', 'project_id', ...names].map((name) => ({
              name,
              type: 'text' as const,
              nullable: true,
              hasDefault: false,
              readOnly: false,
            })),
          },
        ]),
  ],
};
