import { isColumnSynced, isSynced } from '../../ir/side.ts';
import type { ColumnModel, Model } from '../../ir/types.ts';
import { isOptional } from './entity-module.ts';
import { HEADER, propertyName, stringLiteral } from './header.ts';

/** `wire.ts`: validators of rows on the wire, where every value is Postgres text or null. Unknown columns are refused. */
export function wireModule(model: Model): string {
  const tables = model.tables.filter(isSynced).map((table) => {
    const writable = table.columns.filter((column) => isColumnSynced(column) && !column.readOnly);
    const insert = writable.map((column) => {
      const optional = isOptional(column) ? '.optional()' : '';
      return `      ${propertyName(column.name)}: ${validator(column, model)}${optional},`;
    });
    const patch = writable
      .filter(({ name }) => !table.key.includes(name))
      .map((column) => `      ${propertyName(column.name)}: ${validator(column, model)}.optional(),`);
    return `  ${propertyName(table.name)}: {\n    insert: z.strictObject({\n${insert.join('\n')}\n    }),\n    patch: z.strictObject({\n${patch.join('\n')}\n    }),\n  },`;
  });
  return `${HEADER}\nimport { z } from 'zod';\n\n${WIRE}\n/** Rows on the wire, by table. */\nexport const rowSchemas = {\n${tables.join('\n')}\n};\n`;
}

function validator({ type, nullable, enum: name }: ColumnModel, { enums }: Model): string {
  const labels = type.endsWith('[]') ? undefined : enums.find((one) => one.name === name)?.labels;
  return `${wireType(type, labels)}${nullable ? '.nullable()' : ''}`;
}

function wireType(type: string, labels: readonly string[] | undefined): string {
  if (labels) return `z.enum([${labels.map(stringLiteral).join(', ')}])`;
  const length = /^character varying\((\d+)\)$/.exec(type)?.[1];
  if (length !== undefined) return `wire.text(${length})`;
  switch (type) {
    case 'uuid':
      return 'wire.uuid';
    case 'smallint':
      return 'wire.integer(-32768n, 32767n)';
    case 'integer':
      return 'wire.integer(-2147483648n, 2147483647n)';
    case 'bigint':
      return 'wire.integer(-9223372036854775808n, 9223372036854775807n)';
    case 'boolean':
      return 'wire.boolean';
    case 'json':
    case 'jsonb':
      return 'wire.json';
    default:
      return 'z.string()'; // Postgres itself reads it, and a value that it cannot read is a rejection
  }
}

const WIRE = `const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const wire = {
  uuid: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'Not a UUID'),
  boolean: z.enum(['t', 'f', 'true', 'false']),
  json: z.string().refine(isJson, 'Not JSON'),
  // Postgres counts characters, JavaScript halves of some.
  text: (most: number) => z.string().refine((text) => text.length <= most || [...text].length <= most, 'Too long'),
  integer: (low: bigint, high: bigint) =>
    z
      .string()
      .refine((text) => /^-?\\d{1,19}$/.test(text) && BigInt(text) >= low && BigInt(text) <= high, 'Not such a whole number'),
};
`;
