import type { ColumnModel, Model, TableModel } from '../../ir/types.ts';
import { zodSource } from '../../values/index.ts';
import { isOptional, isWritable } from './entity-module.ts';
import { HEADER, camelCase, propertyName } from './header.ts';

/**
 * `validators/types.ts`: a zod schema for each type that columns have, for values as JSON has them (docs/types.md).
 * Apart from the entities’ types and statements, so that nobody loads zod by accident.
 */
export function typeValidators({ tables, enums }: Model): string {
  const columns = tables.flatMap((table) => table.columns);
  const types = [...new Set(columns.filter((column) => column.enum === null).map(({ type }) => type))].sort();
  const labels = enums.map(({ name }) => camelCase(name));
  return [
    HEADER,
    `import { z } from 'zod';\n` +
      (labels.length > 0 ? `import { ${[...labels].sort().join(', ')} } from '../enums.ts';\n` : ''),
    ...types.map((type) => `export const ${constantName(type)} = ${zodSource(type)};\n`),
    ...labels.map((name) => `export const ${name}Enum = z.enum(${name});\n`),
  ].join('\n');
}

/** `validators/task.ts`: zod schemas of rows, inserts and patches. */
export function validatorModule({ entity, columns, key }: TableModel): string {
  const writable = columns.filter(isWritable);
  return [
    HEADER,
    `import { z } from 'zod';\nimport * as types from './types.ts';\n`,
    schema(`${entity}RowSchema`, columns, () => false),
    schema(`${entity}InsertSchema`, writable, isOptional),
    schema(
      `${entity}PatchSchema`,
      writable.filter(({ name }) => !key.includes(name)),
      () => true,
    ),
  ].join('\n');
}

function schema(name: string, columns: readonly ColumnModel[], optional: (column: ColumnModel) => boolean): string {
  const members = columns.map(
    (column) => `  ${propertyName(column.name)}: ${validator(column)}${optional(column) ? '.optional()' : ''},\n`,
  );
  return `export const ${name} = z.strictObject({\n${members.join('')}});\n`;
}

function validator({ type, nullable, enum: name }: ColumnModel): string {
  const one = `types.${name === null ? constantName(type) : `${camelCase(name)}Enum`}`;
  const all = name !== null && type.endsWith('[]') ? `z.array(${one})` : one;
  return nullable ? `${all}.nullable()` : all;
}

/** `numeric(8,2)[]` → `numeric_8_2_array`. */
const constantName = (type: string): string =>
  type
    .replace(/\[\]$/, '_array')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/_+(_array)?$/, '$1')
    .replace(/^_/, '');
