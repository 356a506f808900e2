import type { EntityMetadata } from 'typeorm';
import { entityMark } from '../decorators/marks.ts';
import type { ScopeDefinition } from '../decorators/scope.ts';
import { ForgeError } from '../errors.ts';
import { denormalise } from './denormalise.ts';
import { joined, type Draft } from './read-table.ts';
import type { ForeignKeyModel, TableScopeModel } from './types.ts';

type Drafts = ReadonlyMap<string, Draft>;

/** Finds the column that holds the scope's id, adding it where the scope lies along a relation (SEMANTICS 7.2). */
export function resolveScope(metadata: EntityMetadata, drafts: Drafts): TableScopeModel | null {
  const table = need(drafts, metadata.tableName);
  if (table.scope) return table.scope;
  if (metadata.isJunction) return junctionScope(metadata, table, drafts);
  const { scope: mark, access } = entityMark(metadata.target as object);
  if (!mark) return null;
  const { scope, via } = mark;
  if (access && access.scope.name !== scope.name) {
    throw new ForgeError(
      'access_scope',
      `${table.entity} lies in scope '${scope.name}', but its @Access speaks of '${access.scope.name}'.`,
      `Write @Access(${scope.name}, …).`,
    );
  }
  table.access = rolesAtLeast(scope, access ?? { read: scope.roles[0] ?? '', write: scope.roles.at(-1) ?? '' });
  table.scope = via === null ? rootScope(table, scope) : scopeVia(metadata, drafts, scope, via);
  return table.scope;
}

function rootScope(table: Draft, scope: ScopeDefinition): TableScopeModel {
  if (scope.name === 'global') return { name: scope.name, column: null, parent: null };
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

function scopeVia(metadata: EntityMetadata, drafts: Drafts, scope: ScopeDefinition, via: string): TableScopeModel {
  const table = need(drafts, metadata.tableName);
  const relation = metadata.relations.find(({ propertyName }) => propertyName === via);
  if (!relation) return { name: scope.name, column: via, parent: null };
  const key = table.foreignKeys.find(
    ({ columns }) => columns.join() === relation.joinColumns.map((c) => c.databaseName).join(),
  );
  const parent = relation.inverseEntityMetadata;
  const parentScope = resolveScope(parent, drafts);
  if (!key || parentScope?.name !== scope.name) {
    throw new ForgeError(
      'scope_path',
      `${table.entity}.${via} does not lead to scope '${scope.name}'.`,
      `Give ${parent.name} a @Scope of '${scope.name}', or name another relation.`,
    );
  }
  return scopeAlong(table, need(drafts, parent.tableName), key, parentScope, drafts);
}

/** A joining table lies where the entity lies that declares it, and whoever may write that may join. */
function junctionScope(metadata: EntityMetadata, table: Draft, drafts: Drafts): TableScopeModel | null {
  const [owner] = joined(metadata);
  const scope = resolveScope(owner, drafts);
  const parent = need(drafts, owner.tableName);
  if (!scope || table.side !== 'both') return null;
  table.access = parent.access;
  const columns = metadata.ownerColumns.map(({ databaseName }) => databaseName).join();
  const key = table.foreignKeys.find((one) => one.columns.join() === columns);
  table.scope = key ? scopeAlong(table, parent, key, scope, drafts) : null;
  return table.scope;
}

function scopeAlong(
  table: Draft,
  parent: Draft,
  key: ForeignKeyModel,
  scope: TableScopeModel,
  drafts: Drafts,
): TableScopeModel {
  const { name, column } = scope;
  if (column === null) return { name, column: null, parent: null };
  const [join, ...more] = key.columns;
  const isRoot = scope.parent === null && column === parent.key[0] && parent.key.length === 1;
  if (isRoot && join !== undefined && more.length === 0) return { name, column: join, parent: null };
  const own = meansOther(table, column, key, name, drafts) ? `${name}_scope_id` : column;
  const nowhere = denormalise(table, parent, key, column, own);
  const { columns, referenced } = key;
  return { name, column: own, parent: { table: parent.name, columns, referenced, scopeColumn: column, nowhere } };
}

/** The table has a column of the parent's scope column's name, which leads somewhere else than to the scope's root. */
function meansOther(
  { foreignKeys }: Draft,
  column: string,
  key: ForeignKeyModel,
  scope: string,
  drafts: Drafts,
): boolean {
  const isRoot = (name: string) => {
    const draft = drafts.get(name);
    return draft?.scope?.name === scope && draft.scope.parent === null && draft.scope.column === draft.key[0];
  };
  return (
    key.columns.includes(column) || foreignKeys.some(({ columns, table }) => columns.includes(column) && !isRoot(table))
  );
}

function rolesAtLeast(scope: ScopeDefinition, access: { read: string; write: string }): Draft['access'] {
  const from = (role: string) => (role === 'nobody' ? [] : scope.roles.slice(scope.roles.indexOf(role)));
  return { read: from(access.read), write: from(access.write) };
}

export function need(drafts: Drafts, name: string): Draft {
  const draft = drafts.get(name);
  if (draft) return draft;
  throw new ForgeError(
    'unknown_table',
    `There is no entity for table '${name}'.`,
    'Export its class from src/entities.',
  );
}
