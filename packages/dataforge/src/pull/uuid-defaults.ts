import type { Catalog, ColumnEntry } from '../catalog/types.ts';
import type { Problem } from '../errors.ts';
import type { Source } from './source.ts';

const OLD = /^(?:\w+\.)?uuid_generate_v4\(\)$/;

/** Random UUIDs come from Postgres itself since version 13; before, an extension was needed that clients cannot have. */
export function withCoreUuids(source: Source): { source: Source; changed: Problem[] } {
  const { catalog, edges } = source;
  const found = Object.entries(catalog.tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(([name, { default: value }]) =>
      OLD.test(value ?? '') ? [`${table}.${name}`] : [],
    ),
  );
  if (found.length === 0) return { source, changed: [] };
  const problem = {
    code: 'uuid_default',
    message: `uuid_generate_v4() becomes gen_random_uuid(), which is Postgres’s own: ${found.sort().join(', ')}.`,
    fix: 'Nothing; both are random.',
  };
  const isOld = ({ from, to }: Source['edges'][number]) =>
    found.some((column) => from === `default ${column}`) && to.startsWith('extension ');
  return {
    source: {
      ...source,
      catalog: { ...catalog, tables: renewed(catalog.tables) },
      edges: edges.filter((edge) => !isOld(edge)),
    },
    changed: [problem],
  };
}

const renewed = (tables: Catalog['tables']): Catalog['tables'] =>
  mapValues(tables, (table) => ({
    ...table,
    columns: mapValues(table.columns, (column): ColumnEntry =>
      OLD.test(column.default ?? '') ? { ...column, default: 'gen_random_uuid()' } : column,
    ),
  }));

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
