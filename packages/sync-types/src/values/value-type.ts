import { parseArray, printArray, type ElementType } from './array-literal.ts';
import { parseJson, printJson } from './json-value.ts';
import { parseBoolean, printBytes, printScalar } from './scalars.ts';
import { readTypeName } from './type-name.ts';

/** How values of a Postgres type look in TypeScript: one row of the table in docs/types.md. */
export interface ValueType {
  /** Source text of the TypeScript type. */
  readonly typescript: string;
  /** From what Postgres prints. */
  readonly parse: (text: string) => unknown;
  /** To what Postgres reads. @throws {ValueError} it would read something else */
  readonly print: (value: unknown) => string;
}

const TEXT: ValueType = { typescript: 'string', parse: (text) => text, print: printScalar };
const NUMBER: ValueType = { typescript: 'number', parse: Number, print: printScalar };
const JSON_VALUE: ValueType = { typescript: 'unknown', parse: parseJson, print: printJson };

/** All other types have texts, exactly as Postgres prints them: nothing is lost, whatever the type. */
const NOT_TEXT: ReadonlyMap<string, ValueType> = new Map([
  ['smallint', NUMBER],
  ['integer', NUMBER],
  ['oid', NUMBER],
  ['real', NUMBER],
  ['double precision', NUMBER],
  ['boolean', { typescript: 'boolean', parse: parseBoolean, print: printScalar }],
  ['bytea', { ...TEXT, print: printBytes }],
  ['json', JSON_VALUE],
  ['jsonb', JSON_VALUE],
]);

const known = new Map<string, ValueType>();

/** @param type  as `format_type` prints it, with modifiers or without; a domain by the type that it restricts */
export function valueType(type: string): ValueType {
  let found = known.get(type);
  if (!found) known.set(type, (found = make(type)));
  return found;
}

function make(type: string): ValueType {
  const { name, isArray } = readTypeName(type);
  const scalar = NOT_TEXT.get(name) ?? TEXT;
  if (!isArray) return scalar;
  const element: ElementType = { ...scalar, delimiter: name === 'box' ? ';' : ',', isNested: scalar === JSON_VALUE };
  return {
    typescript: `${scalar.typescript}[]`,
    parse: (text) => parseArray(text, element),
    // Whoever passes a text has written the literal.
    print: (value) => (Array.isArray(value) ? printArray(value, element) : printScalar(value)),
  };
}
