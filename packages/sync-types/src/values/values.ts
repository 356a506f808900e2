import { readTypeName } from './type-name.ts';
import { valueType } from './value-type.ts';

/**
 * A value from what Postgres prints.
 *
 * @param type  as `format_type` prints it, with modifiers or without
 * @example parseValue('numeric[]', '{1.50,NULL}') // ['1.50', null]
 */
export const parseValue = (type: string, text: string | null): unknown =>
  text === null ? null : valueType(type).parse(text);

/**
 * What Postgres is to read for a value, or for its JSON form: the inverse of {@link parseValue}.
 *
 * @throws {ValueError} Postgres would read something else
 * @example printValue('jsonb', 'a') // '"a"'
 */
export const printValue = (type: string, value: unknown): string | null =>
  value === null || value === undefined ? null : valueType(type).print(value);

/** The TypeScript type of a value that is not null, as source text: `number`, `string[]`. */
export const tsType = (type: string): string => valueType(type).typescript;

/** A value as JSON can carry it: the numbers that JSON does not have become texts, all others are the same. */
export function jsonValue(type: string, value: unknown): unknown {
  const { name } = readTypeName(type);
  return name === 'real' || name === 'double precision' ? finite(value) : value;
}

function finite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(finite);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
