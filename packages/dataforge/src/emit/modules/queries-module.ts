import { tsType } from '@vibestack/sync-types/values';
import type { DescribedColumn, DescribedQuery } from '../../typed-sql/index.ts';
import type { Model } from '../../ir/types.ts';
import { HEADER, pascalCase, propertyName, stringLiteral } from './header.ts';

/** `queries.ts`: the type of each SQL text that the application’s sources give to `sql()`. */
export function queriesModule(model: Model, queries: readonly DescribedQuery[]): string {
  const enums = new Map(model.enums.map(({ name }) => [name, pascalCase(name)]));
  const used = new Set<string>();
  const nameOf = (type: string): string => {
    const base = type.replace(/\[\]$/, '').replaceAll('"', '');
    const name = enums.get(base);
    if (name === undefined) return tsType(type);
    used.add(name);
    return type.endsWith('[]') ? `${name}[]` : name;
  };
  const entries = [...queries]
    .sort((a, b) => (a.literal < b.literal ? -1 : 1))
    .map(({ literal, params, columns }) => {
      const given = params.map(({ name, type, nullable }) =>
        member(name, `${nameOf(type)}${nullable ? ' | null' : ''}`),
      );
      const row = columns.map((column) => member(column.name, valueType(column, nameOf)));
      return `  ${stringLiteral(literal)}: {\n    params: ${block(given)};\n    row: ${block(row)};\n  };\n`;
    });
  const imports = used.size > 0 ? `import type { ${[...used].sort().join(', ')} } from './enums.ts';\n` : '';
  return `${HEADER}
import { defineSql } from '@vibestack/sync-types/query';
${imports}
/** Every SQL text of the application, with what it takes and what it gives. */
export interface Queries {
${entries.join('')}}

/** Makes a query of an SQL text, typed by the database itself. */
export const sql = defineSql<Queries>();
`;
}

const member = (name: string, type: string): string => `readonly ${propertyName(name)}: ${type}`;

const block = (members: readonly string[]): string =>
  members.length === 0 ? 'Record<never, never>' : `{ ${members.join('; ')} }`;

function valueType({ type, nullable, elementsNullable }: DescribedColumn, nameOf: (type: string) => string): string {
  const base = nameOf(type);
  const full = elementsNullable && base.endsWith('[]') ? `(${base.slice(0, -2)} | null)[]` : base;
  return nullable ? `${full} | null` : full;
}
