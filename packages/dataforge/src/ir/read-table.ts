import type { EntityMetadata } from 'typeorm';
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js';
import { entityMark, ownMark, type EntityMark } from '../decorators/marks.ts';
import { ForgeError } from '../errors.ts';
import { fingerprint, list, mentionsColumn, objectName } from './names.ts';
import { readColumn, type Collected } from './read-column.ts';
import type { IndexModel, Presence, RelationModel, TableModel } from './types.ts';

/** Tables grow while scopes are resolved: a denormalised column here, a unique constraint on the parent there. */
export type Draft = { -readonly [K in keyof TableModel]: TableModel[K] };

/** One table as its entity declares it; scope, access and level are found later, when all are known. */
export function readTable(metadata: EntityMetadata, collected: Collected): Draft {
  const { tableName: name } = metadata;
  const mark = markOfTable(metadata);
  const columns = metadata.columns.map((column) => readColumn(metadata, column, collected));
  if (metadata.exclusions.length > 0) collected.extensions.add('btree_gist');
  return {
    name,
    entity: metadata.isJunction ? className(name) : metadata.name,
    category: categoryOf(mark),
    side: sideOf(metadata, mark),
    level: 0,
    key: keyOf(metadata),
    columns,
    foreignKeys: metadata.foreignKeys.map((key) => ({
      name: key.givenName ?? objectName('fk', name, ...key.columnNames),
      columns: key.columnNames,
      table: key.referencedEntityMetadata.tableName,
      referenced: key.referencedColumnNames,
      onDelete: key.onDelete === 'DEFAULT' ? 'SET DEFAULT' : (key.onDelete ?? 'NO ACTION'),
      onUpdate: key.onUpdate === 'DEFAULT' ? 'SET DEFAULT' : (key.onUpdate ?? 'NO ACTION'),
      deferrable: key.deferrable ?? null,
    })),
    uniques: readUniques(metadata),
    checks: metadata.checks.map(({ givenName, expression }) => ({
      name: givenName ?? objectName('ck', name, fingerprint(expression)),
      expression,
    })),
    exclusions: metadata.exclusions.map(({ givenName, expression }) => ({
      name: givenName ?? objectName('ex', name, fingerprint(expression)),
      expression,
    })),
    indices: readIndices(
      metadata,
      mark,
      columns.map((column) => column.name),
    ),
    relations: metadata.relations.map(readRelation),
    variants: variantsOf(metadata),
    scope: null,
    access: { read: [], write: [] },
    merge: mark.merge ?? 'column',
    description: ownMark(metadata.target as object).description ?? metadata.comment ?? null,
    renamedFrom: ownMark(metadata.target as object).renamedFrom ?? null,
  };
}

/** A joining table has no class of its own: what is said of the entity that declares the relation holds for it. */
function markOfTable(metadata: EntityMetadata): EntityMark {
  if (!metadata.isJunction) return entityMark(metadata.target as object);
  const owner = entityMark(joined(metadata)[0].target as object);
  return { category: categoryOf(owner), ...(owner.merge ? { merge: owner.merge } : {}) };
}

/** What lies in a scope is the application's, unless it says otherwise. */
const categoryOf = ({ category, scope }: EntityMark): TableModel['category'] =>
  category ?? (scope ? 'domain' : 'utility');

/** Both ends of a joining table: the one that declares it first. */
export function joined(junction: EntityMetadata): [owner: EntityMetadata, inverse: EntityMetadata] {
  const ends = [junction.ownerColumns, junction.inverseColumns].map(
    (columns) => columns[0]?.referencedColumn?.entityMetadata,
  );
  const [owner, inverse] = ends;
  if (owner && inverse) return [owner, inverse];
  throw new ForgeError(
    'unsupported',
    `${junction.tableName} joins nothing that is known.`,
    'Name both columns in @JoinTable.',
  );
}

function sideOf(metadata: EntityMetadata, mark: EntityMark): Presence {
  if (mark.side) return mark.side;
  if (!metadata.isJunction) return categoryOf(mark) === 'domain' ? 'both' : 'server';
  const sides = joined(metadata).map((end) => sideOf(end, entityMark(end.target as object)));
  return sides.find((side) => side !== 'both') ?? 'both';
}

/** TypeORM adds one for each one-to-one relation, also where there is one or the key says it already. */
function readUniques(metadata: EntityMetadata): TableModel['uniques'] {
  const seen = new Set([keyOf(metadata).join()]);
  const declared = metadata.uniques.map(({ columns, givenName, deferrable }) => {
    const names = columns.map(({ databaseName }) => databaseName);
    const ours = objectName('uq', metadata.tableName, ...names);
    const name = givenName ?? ours;
    return { name, columns: names, deferrable: deferrable !== undefined, isMadeUp: name === ours };
  });
  return declared
    .sort((a, b) => Number(a.isMadeUp) - Number(b.isMadeUp))
    .filter(({ columns, isMadeUp }) => !(isMadeUp && seen.has(columns.join())) && seen.add(columns.join()))
    .map(({ name, columns, deferrable }) => ({ name, columns, deferrable }));
}

function keyOf(metadata: EntityMetadata): string[] {
  return metadata.primaryColumns.map(({ databaseName }) => databaseName);
}

const readRelation = (relation: RelationMetadata): RelationModel => {
  const held = relation.isManyToMany ? [] : relation.joinColumns;
  return {
    name: relation.propertyName,
    kind: relation.relationType,
    table: relation.inverseEntityMetadata.tableName,
    columns: held.map(({ databaseName }) => databaseName),
    referenced: held.map(({ referencedColumn }) => referencedColumn?.databaseName ?? ''),
    inverse: relation.inverseRelation?.propertyName ?? null,
    through: relation.junctionEntityMetadata?.tableName ?? null,
  };
};

function readIndices(metadata: EntityMetadata, mark: EntityMark, columns: readonly string[]): IndexModel[] {
  const { tableName: table } = metadata;
  const mentioned = (sql: string) => columns.filter((column) => mentionsColumn(sql, column));
  const declared = metadata.indices.map((index): IndexModel => {
    const names = index.columns.map(({ databaseName }) => databaseName);
    const where = index.where ? ` where ${index.where}` : '';
    const method = index.isSpatial ? 'gist' : index.type;
    const definition = `${method ? `using ${method} ` : ''}(${list(names)})${where}`;
    const suffix = where ? [fingerprint(where)] : [];
    const name = index.givenName ?? objectName('ix', table, ...names, ...suffix);
    return { name, unique: index.isUnique, columns: mentioned(definition), definition };
  });
  const more = (mark.sqlIndices ?? []).map(({ definition, name, unique = false }): IndexModel => ({
    name: name ?? objectName('ix', table, fingerprint(definition)),
    unique,
    columns: mentioned(definition),
    definition,
  }));
  return [...declared, ...more];
}

function variantsOf({ childEntityMetadatas, inheritancePattern }: EntityMetadata): TableModel['variants'] {
  if (inheritancePattern !== 'STI') return [];
  return childEntityMetadatas.map(({ name, discriminatorValue, columns }) => ({
    entity: name,
    value: discriminatorValue ?? name,
    columns: columns.map(({ databaseName }) => databaseName),
  }));
}

/** `project_members` → `ProjectMembers`. */
const className = (table: string): string =>
  table
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
