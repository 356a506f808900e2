import type { EntityPlace, Context } from './context.ts';
import { constraintsOf } from './constraints.ts';
import { indicesOf } from './indices.ts';
import { call, text, type Call } from './layout.ts';
import { unquote } from './names.ts';
import { columnProperties, type Property } from './properties.ts';
import { relationsOf, type RelationProperty } from './relations.ts';

/** An entity as it is going to be written. */
export interface Entity {
  readonly table: string;
  readonly entity: string;
  readonly decorators: readonly Call[];
  readonly properties: readonly Property[];
  /** Columns that it is without, and what they are. */
  readonly missing: readonly string[];
  /** Other entities that it speaks of. */
  readonly others: readonly EntityPlace[];
  /** Constants of `src/domains.ts` and `src/enums.ts`. */
  readonly domains: readonly string[];
  readonly enums: readonly string[];
}

/** One table, with everything that decorators can say of it. */
export function entityOf(context: Context, table: string): Entity {
  const { catalog, lost, places } = context;
  const entry = catalog.tables[table];
  const entity = places.get(table)?.entity;
  if (!entry || entity === undefined) throw new Error(`There is no table ${table}`);
  const constraints = constraintsOf(table, entry, lost);
  const columns = columnProperties(context, table, constraints.uniques);
  const relations = relationsOf(context, table, Object.keys(entry.columns).map(unquote), constraints.oneToOnes);
  const elements = Object.entries(entry.columns)
    .filter(([name]) => !lost.has(`column ${table}.${name}`))
    .map(([, { type }]) => type.replace(/\[\]$/, ''));
  const constants = (known: ReadonlyMap<string, string>) =>
    [...new Set(elements.flatMap((type) => known.get(type) ?? []))].sort();
  return {
    table: unquote(table),
    entity,
    decorators: [
      call('Entity', text(unquote(table))),
      call('ServerOnly'),
      ...(entry.comment === null ? [] : [call('Describe', text(entry.comment))]),
      ...constraints.decorators,
      ...relations.decorators,
      ...indicesOf(table, entry, lost),
    ],
    properties: withRelations(columns, relations.properties),
    missing: Object.entries(entry.columns)
      .filter(([name]) => lost.has(`column ${table}.${name}`))
      .map(([name, { type }]) => `${name} ${type}`),
    others: relations.targets.filter((target) => target !== table).flatMap((target) => places.get(target) ?? []),
    domains: constants(context.domains),
    enums: constants(context.enums),
  };
}

/** Each relation follows the last of the columns that hold its key. */
function withRelations(columns: readonly Property[], relations: readonly RelationProperty[]): Property[] {
  const lastOf = (key: readonly string[]) => columns.findLast(({ name }) => key.includes(name));
  return columns.flatMap((column) => [column, ...relations.filter((relation) => lastOf(relation.columns) === column)]);
}
