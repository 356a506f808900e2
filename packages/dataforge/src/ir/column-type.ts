import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Spellings that TypeORM and Postgres accept, as `format_type` prints them. */
const CANONICAL: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  decimal: 'numeric',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  char: 'character',
  varbit: 'bit varying',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};

/** What a class property's own type stands for, where the decorator names none. */
const REFLECTED: Readonly<Record<string, string>> = {
  String: 'character varying',
  Number: 'integer',
  Boolean: 'boolean',
  Date: 'timestamp with time zone',
  Uint8Array: 'bytea',
  Buffer: 'bytea',
};

const TIMES = /^(time|timestamp) (with|without) time zone$/;

/** A type's name without length and precision. */
export function baseType({ type }: Pick<ColumnMetadata, 'type'>): string {
  if (typeof type === 'function') return REFLECTED[type.name] ?? type.name;
  return CANONICAL[type] ?? type;
}

/** The whole type as `format_type` prints it; enums and domains are named by the caller. */
export function columnType(column: ColumnMetadata, named: string = baseType(column)): string {
  return column.isArray ? `${modified(column, named)}[]` : modified(column, named);
}

function modified({ length, precision, scale }: ColumnMetadata, type: string): string {
  const digits = precision ?? null;
  switch (type) {
    case 'character varying':
    case 'bit varying':
      return length ? `${type}(${length})` : type;
    case 'character':
    case 'bit':
      return `${type}(${length || 1})`;
    case 'numeric':
      return digits === null ? type : `${type}(${digits},${scale ?? 0})`;
    case 'interval':
      return digits === null ? type : `${type}(${digits})`;
    default:
      return digits !== null && TIMES.test(type) ? type.replace(' ', `(${digits}) `) : type;
  }
}

/** The Postgres extension that a type comes from. */
export function extensionOf(type: string): string | null {
  const bare = type.replace(/\[\]$/, '');
  return ['citext', 'hstore', 'ltree', 'cube'].includes(bare) ? bare : null;
}
