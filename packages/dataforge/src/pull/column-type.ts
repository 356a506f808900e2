import { readTypeName, tsType } from '@vibestack/sync-types/values';
import type { Catalog } from '../catalog/types.ts';
import { array, type Node } from './layout.ts';
import { unquote } from './names.ts';
import { text } from './layout.ts';

/** A type as `@Column` says it. */
export interface SaidType {
  readonly name: string;
  readonly options: Readonly<Record<string, Node | undefined>>;
  /** Of the property. */
  readonly typescript: string;
  /** The enum or domain that it is of, as the catalog names it. */
  readonly enum: string | null;
  readonly domain: string | null;
}

/** TypeORM's words, where the house writes the shorter. */
const SHORT: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'char',
  'bit varying': 'varbit',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/** Types that TypeORM's Postgres has, as `format_type` prints them. */
const KNOWN = new Set([
  ...Object.keys(SHORT),
  ...[
    'smallint',
    'integer',
    'bigint',
    'numeric',
    'real',
    'double precision',
    'money',
    'text',
    'citext',
    'hstore',
    'bytea',
  ],
  ...[
    'bit',
    'date',
    'interval',
    'boolean',
    'point',
    'line',
    'lseg',
    'box',
    'path',
    'polygon',
    'circle',
    'cidr',
    'inet',
  ],
  ...[
    'macaddr',
    'macaddr8',
    'tsvector',
    'tsquery',
    'uuid',
    'xml',
    'json',
    'jsonb',
    'jsonpath',
    'int4range',
    'int8range',
  ],
  ...['numrange', 'tsrange', 'tstzrange', 'daterange', 'int4multirange', 'int8multirange', 'nummultirange'],
  ...['tsmultirange', 'tstzmultirange', 'datemultirange', 'ltree'],
]);

/** @param type  as `format_type` prints it @returns null for what no decorator can say */
export function sayType(type: string, { enums, domains }: Pick<Catalog, 'enums' | 'domains'>): SaidType | null {
  const element = type.replace(/\[\]$/, '');
  const isArray = element === type ? undefined : 'true';
  const said = (name: string, options: SaidType['options'], typescript = tsType(type)): SaidType => ({
    name,
    options: { ...options, array: isArray },
    typescript,
    enum: null,
    domain: null,
  });
  const suffix = isArray ? '[]' : '';
  const labels = enums[element];
  if (labels) {
    const options = { enum: array(labels.map(text)), enumName: text(unquote(element)) };
    return { ...said('enum', options, `string${suffix}`), enum: element };
  }
  const base = domains[element]?.type;
  if (base !== undefined) {
    const under = sayType(base, { enums: {}, domains: {} });
    // @Domain replaces the name of the type and keeps its modifiers, which a domain has inside.
    return under && { ...said(under.name, {}, tsType(base) + suffix), domain: element };
  }
  return sayBuiltin(type, said);
}

function sayBuiltin(type: string, said: (name: string, options: SaidType['options']) => SaidType): SaidType | null {
  const { name, modifiers } = readTypeName(type);
  // `interval day to second`, `bpchar` and `"bit"` are read as what their values look like, but they are other types.
  if (!KNOWN.has(name) || !type.startsWith(name.split(' ')[0] ?? '') || /^interval [a-z]/.test(type)) return null;
  const [first, second] = modifiers.map(String);
  const short = SHORT[name] ?? name;
  switch (name) {
    case 'character':
    case 'bit':
      return first === undefined ? null : said(short, { length: first });
    case 'character varying':
    case 'bit varying':
      return said(short, { length: first });
    case 'numeric':
      return said(short, { precision: first, scale: second === '0' ? undefined : second });
    default:
      return said(short, { precision: first });
  }
}
