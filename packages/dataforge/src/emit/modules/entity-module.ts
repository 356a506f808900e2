import { tsType } from '@vibestack/sync-types/values';
import type { ColumnModel, TableModel } from '../../ir/types.ts';
import { HEADER, docComment, pascalCase, propertyName, stringLiteral } from './header.ts';
import { dataLiteral } from './literal.ts';

/** `entities/task.ts`: what a program needs to know of one entity. Types, metadata and statements; no imports of a library. */
export function entityModule(table: TableModel): string {
  const { entity } = table;
  const enums = [
    ...new Set(table.columns.flatMap((column) => (column.enum === null ? [] : [pascalCase(column.enum)]))),
  ];
  return [
    HEADER,
    `import type { Statement } from '@vibestack/sync-types/query';\n` +
      `import { deleteRow, insertRow, patchRow, readRow, readRows } from '@vibestack/sync-types/statements';\n` +
      (enums.length > 0 ? `import type { ${enums.sort().join(', ')} } from '../enums.ts';\n` : ''),
    docComment(table.description ?? `A row of \`${table.name}\`.`) + rowType(`${entity}Row`, table.columns),
    ...table.variants.map((variant) => variantType(table, variant)),
    insertType(table),
    patchType(table),
    keyType(table),
    metadata(table),
    statements(table),
  ].join('\n');
}

/** The TypeScript type of a value, as a query returns it. */
export function valueType({ type, nullable, enum: name }: ColumnModel): string {
  const base = name === null ? tsType(type) : pascalCase(name) + (type.endsWith('[]') ? '[]' : '');
  return nullable ? `${base} | null` : base;
}

const member = (column: ColumnModel, optional: boolean): string =>
  `${docComment(column.description, '  ')}  ${propertyName(column.name)}${optional ? '?' : ''}: ${valueType(column)};\n`;

const rowType = (name: string, columns: readonly ColumnModel[]): string =>
  `export interface ${name} {\n${columns.map((column) => member(column, false)).join('')}}\n`;

/** A row of single-table inheritance that is of one entity: its own columns, and what tells it from the others. */
function variantType(
  { entity, columns }: TableModel,
  { entity: name, value, columns: own }: TableModel['variants'][number],
): string {
  const mine = columns.filter((column) => own.includes(column.name) && column.role !== 'discriminator');
  const discriminator = columns.find(({ role }) => role === 'discriminator');
  const told = discriminator ? `  ${propertyName(discriminator.name)}: ${stringLiteral(value)};\n` : '';
  return `/** ${entity}Row that is a ${name}. */\nexport interface ${name}Row {\n${mine.map((column) => member(column, false)).join('')}${told}}\n`;
}

export const isWritable = ({ readOnly }: ColumnModel): boolean => !readOnly;
export const isOptional = (column: ColumnModel): boolean =>
  column.nullable || column.default !== null || column.identity !== null;

const insertType = ({ entity, columns }: TableModel): string =>
  `export interface ${entity}Insert {\n${columns
    .filter(isWritable)
    .map((column) => member(column, isOptional(column)))
    .join('')}}\n`;

const patchType = ({ entity, columns, key }: TableModel): string =>
  `export interface ${entity}Patch {\n${columns
    .filter((column) => isWritable(column) && !key.includes(column.name))
    .map((column) => member(column, true))
    .join('')}}\n`;

const keyType = ({ entity, columns, key }: TableModel): string =>
  `export interface ${entity}Key {\n${key
    .flatMap((name) => columns.filter((column) => column.name === name))
    .map((column) => member(column, false))
    .join('')}}\n`;

function metadata({
  entity,
  name,
  category,
  level,
  key,
  columns,
  relations,
  scope,
  access,
  description,
}: TableModel): string {
  const meta = {
    table: name,
    entity,
    description,
    category,
    level,
    key,
    scope: scope && { name: scope.name, column: scope.column },
    access,
    columns: Object.fromEntries(
      columns.map(({ name: column, type, enum: label, nullable, default: value, identity, readOnly, side, role }) => [
        column,
        { type, enum: label, nullable, hasDefault: value !== null || identity !== null, readOnly, side, role },
      ]),
    ),
    relations: Object.fromEntries(relations.map(({ name: relation, ...rest }) => [relation, rest])),
  };
  return `export const ${entity}Meta = ${dataLiteral(meta)} as const;\n`;
}

const statements = ({
  entity,
}: TableModel): string => `/** Statements of this table, for the local database and the server alike. */
export const ${entity}Sql = {
  get: (key: ${entity}Key): Statement => readRow(${entity}Meta, { ...key }),
  /** In the order of the keys. */
  list: (page: { readonly limit: number; readonly after?: ${entity}Key }): Statement =>
    readRows(${entity}Meta, { limit: page.limit, after: page.after && { ...page.after } }),
  insert: (row: ${entity}Insert): Statement => insertRow(${entity}Meta, { ...row }),
  patch: (key: ${entity}Key, patch: ${entity}Patch): Statement => patchRow(${entity}Meta, { ...key }, { ...patch }),
  delete: (key: ${entity}Key): Statement => deleteRow(${entity}Meta, { ...key }),
};
`;
