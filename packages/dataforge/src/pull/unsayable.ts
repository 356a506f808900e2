import type { Catalog, ColumnEntry, TableEntry } from '../catalog/types.ts';
import type { Problem } from '../errors.ts';
import { sayType } from './column-type.ts';
import { isPublic, unquote } from './names.ts';
import { refuseReferences } from './references.ts';
import type { Edge } from './source.ts';

/** Key → why it cannot be had. */
export type Seeds = Map<string, Problem>;

/** Parts that no decorator can say, by key; what leans on them is another matter. */
export function unsayable(catalog: Catalog, edges: readonly Edge[]): Seeds {
  const seeds: Seeds = new Map();
  for (const [table, entry] of Object.entries(catalog.tables)) {
    if (!isPublic(table)) continue;
    refuseTable(seeds, table, entry);
    for (const [column, one] of Object.entries(entry.columns)) {
      refuseColumn(seeds, catalog, table, column, one);
      refuseCollation(seeds, table, column, one);
    }
  }
  refuseReferences(seeds, edges);
  return seeds;
}

function refuseTable(seeds: Seeds, table: string, { constraints }: TableEntry): void {
  const key = Object.values(constraints).find(({ kind }) => kind === 'primary');
  const add = (code: string, message: string, fix: string) => {
    if (!seeds.has(`relation ${table}`)) seeds.set(`relation ${table}`, { code, message, fix, where: table });
  };
  if (!key) {
    add(
      'no_primary_key',
      `Table ${table} has no primary key: nothing tells its rows apart.`,
      `Add one, and pull again: alter table ${table} add column id bigint generated always as identity primary key`,
    );
  } else if (key.definition.includes('WITHOUT OVERLAPS')) {
    add(
      'temporal_key',
      `The key of ${table} is one without overlaps, which entities cannot say.`,
      'Give it a plain key and an exclusion.',
    );
  }
}

/** Collations that the database in which plans are proved has, and clients have. */
const COLLATIONS = ['C', 'POSIX', 'ucs_basic', 'unicode', 'und-x-icu', 'pg_c_utf8', 'pg_unicode_fast'];

function refuseCollation(seeds: Seeds, table: string, column: string, { collation }: ColumnEntry): void {
  if (collation === null || COLLATIONS.includes(unquote(collation))) return;
  seeds.set(`collation ${table}.${column}`, {
    code: 'collation',
    message: `Column ${table}.${column} has collation ${collation}, which clients do not have: it is pulled without.`,
    fix: `Name the collation where you sort, or use one of: ${COLLATIONS.join(', ')}.`,
    where: `${table}.${column}`,
  });
}

function refuseColumn(
  seeds: Seeds,
  catalog: Catalog,
  table: string,
  column: string,
  { type, generated }: ColumnEntry,
): void {
  const where = `${table}.${column}`;
  const name = unquote(column);
  const add = (code: string, message: string, fix: string) =>
    seeds.set(`column ${where}`, { code, message, fix, where });
  if (
    name.endsWith('_') ||
    name.includes('.') ||
    name !== name.trim() ||
    name === 'constructor' ||
    name === '__proto__'
  ) {
    add(
      'column_name',
      `Column ${where} has a name that a property cannot have.`,
      `Rename it, and pull again: alter table ${table} rename column ${column} to …`,
    );
  } else if (generated === 'virtual') {
    add(
      'virtual_column',
      `Column ${where} is computed when it is read, which TypeORM refuses for Postgres.`,
      'Make it a stored one, compute it in a view, or leave it to the server’s own SQL.',
    );
  } else if (!sayType(type, catalog)) {
    add(
      'column_type',
      `Column ${where} is of type ${type}, which entities cannot have.`,
      'Move its values to a type that is in docs/types.md, or leave the column to the server’s own SQL.',
    );
  }
}
