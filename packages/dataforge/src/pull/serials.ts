import type { Catalog, ColumnEntry } from '../catalog/types.ts';
import type { SequenceEntry } from './source.ts';

/** `table.column` of serial columns: filled by a sequence that goes with them. Such a column becomes an identity. */
export function serialColumns({ tables }: Catalog, sequences: readonly SequenceEntry[]): Set<string> {
  const serials = sequences.filter(({ name, table, column }) => {
    const entry = tables[table ?? '']?.columns[column ?? ''];
    return entry !== undefined && isSerial(entry, name);
  });
  return new Set(serials.map(({ table, column }) => `${table ?? ''}.${column ?? ''}`));
}

const isSerial = ({ type, notNull, default: value }: ColumnEntry, sequence: string): boolean =>
  notNull &&
  /^(smallint|integer|bigint)$/.test(type) &&
  value === `nextval('${sequence.replaceAll("'", "''")}'::regclass)`;
