import type { Problem } from '../errors.ts';
import { levelsOf } from './levels.ts';
import { isClientWritable, isSynced } from './side.ts';
import type { Model, TableModel } from './types.ts';

/** What may be meant, but has cost somebody data or privacy before. */
export function warningsOf(model: Model): Problem[] {
  const people = new Set(model.tables.filter(({ scope }) => scope?.name === 'user').map(({ name }) => name));
  return [
    ...model.tables.flatMap((table) => [
      ...personalColumns(table, people),
      ...generatedKey(table),
      ...nullableScope(table),
    ]),
    ...levelsOf(model.tables).circles.map((path) => ({
      code: 'reference_circle',
      message: `Tables reference each other in a circle: ${path}. Rows are written in an order that leaves the optional reference for later.`,
      fix: 'Nothing, if that is meant; else keep one of the keys as a plain column.',
    })),
  ];
}

/** Words in names of columns that usually hold something about a person. */
const PERSONAL =
  /(^|_)(user|person|owner|author|assignee|account|customer|patient|employee)_id$|e_?mail|phone|password|passport|ssn|iban|birth|salary|street|ip_address/i;

function personalColumns(table: TableModel, people: ReadonlySet<string>): Problem[] {
  if (table.scope?.name !== 'global' || !isSynced(table)) return [];
  const references = table.foreignKeys.filter((key) => people.has(key.table)).flatMap(({ columns }) => columns);
  const personal = table.columns.filter(
    ({ name, side }) => side === 'both' && (references.includes(name) || PERSONAL.test(name)),
  );
  return personal.map(({ name }) => ({
    code: 'global_personal',
    message: `Everybody who is signed in receives ${table.name}.${name}, which seems to be a person's.`,
    fix: `Give ${table.entity} a narrower @Scope, or mark the column @ServerOnly().`,
  }));
}

function generatedKey(table: TableModel): Problem[] {
  const numbered = table.columns.find(({ name, identity }) => table.key.includes(name) && identity !== null);
  if (!numbered || !isClientWritable(table)) return [];
  return [
    {
      code: 'database_key',
      message: `${table.name}.${numbered.name} is numbered by the database: two people offline would take the same number, so clients cannot insert into it.`,
      fix: 'Extend DomainEntity: its id is made by whoever inserts.',
    },
  ];
}

function nullableScope(table: TableModel): Problem[] {
  const column = table.columns.find(({ name }) => name === table.scope?.column);
  if (!column?.nullable) return [];
  return [
    {
      code: 'scope_nullable',
      message: `${table.name}.${column.name} says whose a row is, and may be null: such a row is nobody's, and its table's WAL carries whole old rows.`,
      fix: 'Make it required, or give the entity another scope.',
    },
  ];
}
