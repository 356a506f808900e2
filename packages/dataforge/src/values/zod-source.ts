import { readTypeName } from '@vibestack/sync-types/values';
import { formOf, type Form } from './form.ts';

/** Postgres's limit of dimensions, MAXDIM. */
const DIMENSIONS = 6;

/**
 * A zod 4 expression, as source text, for the JSON form of a type's values that are not null (docs/types.md).
 *
 * @param type  as `format_type` prints it, with modifiers: `character varying(20)`
 */
export function zodSource(type: string): string {
  const { isArray } = readTypeName(type);
  const form = formOf(type);
  const element = scalar(form, type);
  if (!isArray) return element;
  // An array in a JSON array is a value of it: there is one dimension.
  if (form.kind === 'json') return `z.array(${element}.nullable())`;
  const arrays = Array.from({ length: DIMENSIONS }, (_, i) => `${'z.array('.repeat(i + 1)}e${')'.repeat(i + 1)}`);
  return `((e = ${element}.nullable()) => z.union([${arrays.join(', ')}]))()`;
}

function scalar(form: Form, type: string): string {
  const message = literal(`Not a value of type ${type}`);
  switch (form.kind) {
    case 'boolean':
      return 'z.boolean()';
    case 'json':
      return `z.json().refine((v) => v !== null && !${UNSTORABLE}, ${message})`;
    case 'integer':
      return `z.int().min(${form.low}).max(${form.high})`;
    case 'float':
      return `z.union([z.number()${form.single ? `.refine(${FITS_REAL}, ${message})` : ''}, z.enum(['NaN', 'Infinity', '-Infinity'])])`;
    case 'bigint':
      return `z.string().refine((t) => ${regex(form.pattern)}.test(t) && BigInt.asIntN(64, BigInt(t)) === BigInt(t), ${message})`;
    case 'bytes':
      return `z.string().refine((t) => ${regex(form.pattern)}.test(t) && new TextEncoder().encode(t).length <= ${form.max}, ${message})`;
    case 'text':
      return `z.string().regex(${regex(form.pattern)}, ${message})`;
  }
}

/** A real takes what rounds to a finite number, and to zero only zero. */
const FITS_REAL = '(n) => Number.isFinite(Math.fround(n)) && (n === 0 || Math.fround(n) !== 0)';

/** NUL or half of a surrogate pair, as `JSON.stringify` escapes them, once escaped backslashes are out of the way. */
const UNSTORABLE = String.raw`/\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(JSON.stringify(v).replaceAll('\\\\', ''))`;

const regex = (pattern: string): string => `/^(?:${pattern.replaceAll('/', String.raw`\/`)})$/u`;

const literal = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
