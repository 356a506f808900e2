import { readTypeName } from '@vibestack/sync-types/values';
import { WHOLE, numeric } from './number-patterns.ts';
import { RANGES } from './range-patterns.ts';
import { SHAPES } from './shape-patterns.ts';
import { PLAIN, bits, text } from './text-patterns.ts';
import { TIMES } from './time-patterns.ts';

/** What the JSON form of a type's values is held to; validators and schemas are written from it. */
export type Form =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'json' }
  | { readonly kind: 'integer'; readonly low: number; readonly high: number }
  | { readonly kind: 'float'; readonly single: boolean }
  /** A whole number of 64 bits, as a text. */
  | { readonly kind: 'bigint'; readonly pattern: string }
  /** A text that is at most so many bytes long. */
  | { readonly kind: 'bytes'; readonly pattern: string; readonly max: number }
  /** `pattern` is for a whole text and for the flag `u`. */
  | { readonly kind: 'text'; readonly pattern: string };

/** Postgres cuts a longer `name` without a word. */
const NAME_BYTES = 63;
const FIXED: Readonly<Record<string, string>> = { ...PLAIN, ...TIMES, ...SHAPES, ...RANGES };

/** The form of one value, or of an array's element. @param type  as `format_type` prints it, with modifiers */
export function formOf(type: string): Form {
  const { name, modifiers } = readTypeName(type);
  const [size] = modifiers;
  switch (name) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'json':
    case 'jsonb':
      return { kind: 'json' };
    case 'smallint':
      return { kind: 'integer', low: -(2 ** 15), high: 2 ** 15 - 1 };
    case 'integer':
      return { kind: 'integer', low: -(2 ** 31), high: 2 ** 31 - 1 };
    case 'oid':
      return { kind: 'integer', low: 0, high: 2 ** 32 - 1 };
    case 'real':
      return { kind: 'float', single: true };
    case 'double precision':
      return { kind: 'float', single: false };
    case 'bigint':
      return { kind: 'bigint', pattern: WHOLE };
    case 'name':
      return { kind: 'bytes', pattern: text(), max: NAME_BYTES };
    case 'numeric':
      return { kind: 'text', pattern: numeric(modifiers) };
    case 'bit':
      return { kind: 'text', pattern: bits(size ?? 0, size ?? '') };
    case 'bit varying':
      return { kind: 'text', pattern: bits(0, size ?? '') };
    case 'character':
    case 'character varying':
      return { kind: 'text', pattern: text(size) };
    default:
      return { kind: 'text', pattern: FIXED[name] ?? text() };
  }
}
