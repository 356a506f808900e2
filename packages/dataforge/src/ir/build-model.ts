import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { entityMark, propertyMark, type EntityClass } from '../decorators/marks.ts';
import type { ScopeDefinition } from '../decorators/scope.ts';
import { ForgeError } from '../errors.ts';
import { levelsOf } from './levels.ts';
import { readEntities, type EntityReading } from './metadata.ts';
import type { ColumnModel, ForeignKeyModel, Model, ScopeModel, TableModel, TableScopeModel } from './types.ts';

/**
 * Reads entities into the model.
 *
 * @throws {ForgeError} a scope that leads nowhere, a cycle of references, something that is not supported
 */
export async function buildModel(entities: readonly EntityClass[]): Promise<Model> {
  const reading = await readEntities(entities);
  const drafts = new Map(reading.metadatas.map((metadata) => [metadata.tableName, draftTable(reading, metadata)]));
  for (const metadata of reading.metadatas) resolveScope(reading, metadata, drafts);
  const levels = levelsOf(
    new Map([...drafts.values()].map(({ name, foreignKeys }) => [name, foreignKeys.map(({ table }) => table)])),
  );
  const tables = [...drafts.values()]
    .map((table): TableModel => ({ ...table, level: levels.get(table.name) ?? 0 }))
    .sort((a, b) => a.level - b.level || a.name.localeCompare(b.name, 'en'));
  return { tables, scopes: collectScopes(reading, tables) };
}

/** Tables grow while scopes are resolved: a denormalised column here, a unique constraint on the parent there. */
type Draft = { -readonly [K in keyof TableModel]: TableModel[K] };

function draftTable({ dataSource }: EntityReading, metadata: EntityMetadata): Draft {
  const mark = entityMark(metadata.target as object);
  if (metadata.inheritancePattern || metadata.isJunction) {
    throw new ForgeError(
      'unsupported',
      `${metadata.name}: inheritance and many-to-many tables are not supported yet.`,
      'Write the joining table as an entity of its own.',
    );
  }
  const columns = metadata.columns.map((column) => readColumn(dataSource, metadata, column));
  return {
    name: metadata.tableName,
    entity: metadata.name,
    category: mark.category ?? 'utility',
    level: 0,
    key: metadata.primaryColumns.map(({ databaseName }) => databaseName),
    columns,
    foreignKeys: metadata.foreignKeys.map((foreignKey) => ({
      name: `fk_${metadata.tableName}_${foreignKey.columnNames.join('_')}`,
      columns: foreignKey.columnNames,
      table: foreignKey.referencedEntityMetadata.tableName,
      referenced: foreignKey.referencedColumnNames,
      onDelete: foreignKey.onDelete ?? 'NO ACTION',
      onUpdate: foreignKey.onUpdate ?? 'NO ACTION',
    })),
    uniques: metadata.uniques.map(({ columns: unique }) => {
      const names = unique.map(({ databaseName }) => databaseName);
      return { name: `uq_${metadata.tableName}_${names.join('_')}`, columns: names };
    }),
    checks: metadata.checks.map(({ name, expression }) => ({ name, expression })),
    indices: metadata.indices.map((index) => {
      const names = index.columns.map(({ databaseName }) => databaseName);
      const where = index.where ?? null;
      return { name: `ix_${metadata.tableName}_${names.join('_')}`, columns: names, unique: index.isUnique, where };
    }),
    scope: null,
    access: { read: [], write: [] },
    description: mark.description ?? null,
    renamedFrom: mark.renamedFrom ?? null,
  };
}

function readColumn(
  dataSource: EntityReading['dataSource'],
  metadata: EntityMetadata,
  column: ColumnMetadata,
): ColumnModel {
  const type = dataSource.driver.normalizeType(column);
  const full = column.length ? `${type}(${column.length})` : numericType(type, column);
  const value = dataSource.driver.normalizeDefault(column);
  const mark = propertyMark(metadata.target as object, column.propertyName);
  return {
    name: column.databaseName,
    type: column.isArray ? `${full}[]` : full,
    nullable: column.isNullable,
    default: value ?? null,
    serverOnly: mark.side === 'server',
    readOnly: false,
    description: mark.description ?? null,
    renamedFrom: mark.renamedFrom ?? null,
    backfill: mark.backfill ?? null,
  };
}

const numericType = (type: string, { precision, scale }: ColumnMetadata): string =>
  type === 'numeric' && precision != null ? `numeric(${precision},${scale ?? 0})` : type;

/** Finds the column that holds the scope's id, adding it where the scope lies along a relation (SEMANTICS 7.2). */
function resolveScope(
  reading: EntityReading,
  metadata: EntityMetadata,
  drafts: Map<string, Draft>,
): TableScopeModel | null {
  const table = need(drafts, metadata.tableName);
  if (table.scope) return table.scope;
  const { scope: mark, access } = entityMark(metadata.target as object);
  if (!mark) return null;
  const { scope, via } = mark;
  table.access = rolesAtLeast(scope, access ?? { read: scope.roles[0] ?? '', write: scope.roles.at(-1) ?? '' });
  table.scope = via === null ? rootScope(table, scope) : scopeAlong(reading, metadata, drafts, scope, via);
  return table.scope;
}

function rootScope(table: Draft, scope: ScopeDefinition): TableScopeModel {
  const [key, ...more] = table.key;
  if (key === undefined || more.length > 0) {
    throw new ForgeError(
      'scope_root_key',
      `${table.entity} is the root of scope '${scope.name}' and needs a key of one column.`,
      'Extend DomainEntity.',
    );
  }
  return { name: scope.name, column: key, parent: null };
}

function scopeAlong(
  reading: EntityReading,
  metadata: EntityMetadata,
  drafts: Map<string, Draft>,
  scope: ScopeDefinition,
  via: string,
): TableScopeModel {
  const table = need(drafts, metadata.tableName);
  const relation = metadata.relations.find(({ propertyName }) => propertyName === via);
  if (!relation) return { name: scope.name, column: via, parent: null };
  const [join] = relation.joinColumns;
  const parentMetadata = relation.inverseEntityMetadata;
  const parent = need(drafts, parentMetadata.tableName);
  const parentScope = resolveScope(reading, parentMetadata, drafts);
  if (!join || parentScope?.name !== scope.name) {
    throw new ForgeError(
      'scope_path',
      `${table.entity}.${via} does not lead to scope '${scope.name}'.`,
      `Give ${parent.entity} a @Scope of '${scope.name}', or name another relation.`,
    );
  }
  const isRoot = parentScope.column === parent.key[0] && parentScope.parent === null;
  if (isRoot) return { name: scope.name, column: join.databaseName, parent: null };
  denormalise(table, parent, join.databaseName, parentScope.column);
  return {
    name: scope.name,
    column: parentScope.column,
    parent: { table: parent.name, column: join.databaseName, scopeColumn: parentScope.column },
  };
}

/** Adds the scope column and the composite key that holds it to the parent's, whatever happens concurrently. */
function denormalise(table: Draft, parent: Draft, join: string, scopeColumn: string): void {
  const key = parent.key[0] ?? 'id';
  const type = parent.columns.find(({ name }) => name === scopeColumn)?.type ?? 'uuid';
  const simple = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === join);
  table.columns = [
    ...table.columns,
    {
      name: scopeColumn,
      type,
      nullable: false,
      default: null,
      serverOnly: false,
      readOnly: true,
      description: null,
      renamedFrom: null,
      // Rows that are there have a parent already.
      backfill: `(select p.${scopeColumn} from ${parent.name} p where p.${key} = ${table.name}.${join})`,
    },
  ];
  const composite: ForeignKeyModel = {
    name: `fk_${table.name}_${join}_${scopeColumn}`,
    columns: [join, scopeColumn],
    table: parent.name,
    referenced: [key, scopeColumn],
    onDelete: simple?.onDelete ?? 'NO ACTION',
    onUpdate: 'CASCADE',
  };
  table.foreignKeys = [...table.foreignKeys.filter((foreignKey) => foreignKey !== simple), composite];
  const unique = { name: `uq_${parent.name}_${key}_${scopeColumn}`, columns: [key, scopeColumn] };
  if (!parent.uniques.some(({ name }) => name === unique.name)) parent.uniques = [...parent.uniques, unique];
}

function rolesAtLeast(scope: ScopeDefinition, access: { read: string; write: string }): TableModel['access'] {
  const from = (role: string) => scope.roles.slice(scope.roles.indexOf(role));
  return { read: from(access.read), write: from(access.write) };
}

function collectScopes({ metadatas }: EntityReading, tables: readonly TableModel[]): ScopeModel[] {
  const definitions = new Map<string, ScopeDefinition>();
  const roots = new Map<string, string>();
  for (const { target, tableName } of metadatas) {
    const mark = entityMark(target as object).scope;
    if (!mark) continue;
    definitions.set(mark.scope.name, mark.scope);
    if (mark.via === null && mark.scope.members !== null) roots.set(mark.scope.name, tableName);
  }
  return [...definitions.values()]
    .map((definition): ScopeModel => {
      return {
        name: definition.name,
        root: roots.get(definition.name) ?? null,
        roles: definition.roles,
        members: definition.members,
        memberTables: definition.members === null ? [] : memberTables(definition, definition.members, tables),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** What a row's disappearance cannot be seen in is refused (SEMANTICS 7.3). */
const REFUSED =
  /\b(distinct|group\s+by|having|not|except|intersect|limit|now\s*\(|current_\w+|random\s*\(|count\s*\(|max\s*\(|min\s*\(|sum\s*\()/i;

function memberTables({ name }: ScopeDefinition, sql: string, tables: readonly TableModel[]): string[] {
  const refused = REFUSED.exec(sql);
  if (refused) {
    throw new ForgeError(
      'members_not_rows',
      `Members of scope '${name}' use '${refused[0]}': who belongs must follow from rows alone.`,
      'Use joins and union all only.',
    );
  }
  const named = [...sql.matchAll(/\b(?:from|join)\s+"?(\w+)"?/gi)].map(([, table]) => table ?? '');
  const unknown = named.find((table) => !tables.some((known) => known.name === table));
  if (named.length === 0 || unknown !== undefined) {
    throw new ForgeError(
      'members_unknown_table',
      `Members of scope '${name}' read ${unknown ? `'${unknown}', which is no entity` : 'no table'}.`,
      'Name tables of entities.',
    );
  }
  return [...new Set(named)].sort();
}

function need(drafts: ReadonlyMap<string, Draft>, name: string): Draft {
  const draft = drafts.get(name);
  if (draft) return draft;
  throw new ForgeError(
    'unknown_table',
    `There is no entity for table '${name}'.`,
    'Export its class from src/entities.',
  );
}
