import type { ColumnModel, Model, TableModel } from '../../ir/types.ts';
import { jsonSchemaOf } from '../../values/index.ts';

/** `rows.schema.json`: rows of all tables as JSON has them (JSON Schema 2020-12). */
export function rowsSchema(model: Model): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: Object.fromEntries(model.tables.map((table) => [table.entity, tableSchema(table, model)])),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const tableSchema = ({ columns, description }: TableModel, model: Model): object => ({
  type: 'object',
  ...(description === null ? {} : { description }),
  properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column, model)])),
  required: columns.map(({ name }) => name),
  additionalProperties: false,
});

function columnSchema({ type, nullable, enum: name, description }: ColumnModel, { enums }: Model): object {
  const labels = enums.find((one) => one.name === name)?.labels;
  const one = labels ? { enum: labels } : jsonSchemaOf(type);
  const value = labels && type.endsWith('[]') ? { type: 'array', items: one } : one;
  return {
    ...(nullable ? { anyOf: [value, { type: 'null' }] } : value),
    ...(description === null ? {} : { description }),
  };
}
