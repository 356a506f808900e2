import { readTypeName } from '@vibestack/sync-types/values';
import { formOf, type Form } from './form.ts';

/** A JSON Schema, or a part of one (draft 2020-12, which OpenAPI 3.1 uses). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What JSON Schema can say of the JSON form of a type's values that are not null. The validators of `zodSource` check
 * more: the range of a bigint, the bytes of a name, what lies in arrays of arrays.
 *
 * @param type  as `format_type` prints it, with modifiers
 */
export function jsonSchemaOf(type: string): JsonSchema {
  const { name, modifiers, isArray } = readTypeName(type);
  const element = scalar(formOf(type), name, modifiers);
  if (!isArray) return element;
  return { type: 'array', items: { anyOf: [element, { type: 'null' }, { type: 'array' }] } };
}

function scalar(form: Form, name: string, [size]: readonly number[]): JsonSchema {
  switch (form.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'json':
      return { not: { type: 'null' } };
    case 'integer':
      return { type: 'integer', minimum: form.low, maximum: form.high };
    case 'float':
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
    case 'bigint':
      return { type: 'string', pattern: anchored(form.pattern) };
    case 'bytes':
      return { type: 'string', maxLength: form.max };
    case 'text':
      if (name === 'uuid') return { type: 'string', format: 'uuid' };
      if (name.startsWith('character') && size !== undefined) return { type: 'string', maxLength: size };
      return form.pattern === ANY_TEXT ? { type: 'string' } : { type: 'string', pattern: anchored(form.pattern) };
  }
}

const ANY_TEXT = (formOf('text') as { pattern: string }).pattern;
const anchored = (pattern: string): string => `^(?:${pattern})$`;
