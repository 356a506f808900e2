import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { literal } from './names.ts';

/** A column's default as SQL, or null. A function gives SQL itself; all else is a value. */
export function defaultSql(column: ColumnMetadata, type: string): string | null {
  if (column.generationStrategy === 'uuid') return 'gen_random_uuid()';
  const value: unknown = column.default;
  if (value === undefined || value === null) return null;
  if (typeof value === 'function') return String((value as () => unknown)());
  if (/^jsonb?$/.test(type)) return literal(JSON.stringify(value));
  if (Array.isArray(value)) return literal(arrayText(value));
  if (typeof value === 'boolean') return String(value);
  return literal(textOf(value));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const arrayText = (values: readonly unknown[]): string => `{${values.map(elementText).join(',')}}`;

function elementText(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return arrayText(value);
  return `"${textOf(value).replace(/["\\]/g, String.raw`\$&`)}"`;
}
