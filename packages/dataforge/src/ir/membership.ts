import type { EntityMetadata } from 'typeorm';
import { entityMark } from '../decorators/marks.ts';
import type { ScopeDefinition } from '../decorators/scope.ts';
import { ForgeError } from '../errors.ts';
import type { ScopeModel, TableModel } from './types.ts';

/** Scopes that entities name, with their roots and the tables that decide who belongs. */
export function collectScopes(metadatas: readonly EntityMetadata[], tables: readonly TableModel[]): ScopeModel[] {
  const definitions = new Map<string, ScopeDefinition>();
  const roots = new Map<string, string[]>();
  for (const { target, tableName, tableType } of metadatas) {
    const mark = typeof target === 'function' && tableType !== 'entity-child' ? entityMark(target).scope : undefined;
    if (!mark) continue;
    definitions.set(mark.scope.name, mark.scope);
    if (mark.via === null && mark.scope.members !== null) {
      roots.set(mark.scope.name, [...(roots.get(mark.scope.name) ?? []), tableName]);
    }
  }
  return [...definitions.values()]
    .map((definition) => readScope(definition, roots.get(definition.name) ?? [], tables))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readScope(definition: ScopeDefinition, roots: readonly string[], tables: readonly TableModel[]): ScopeModel {
  const { name, roles, members } = definition;
  if (roots.length > 1) {
    throw new ForgeError(
      'scope_two_roots',
      `Scope '${name}' has two roots: ${roots.join(' and ')}.`,
      'Give one of them the way to the other: @Scope(scope, (row) => row.relation).',
    );
  }
  if (members !== null && roots.length === 0) {
    throw new ForgeError(
      'scope_no_root',
      `Scope '${name}' has no root.`,
      `Write @Scope(${name}) without a way on its entity.`,
    );
  }
  const memberTables = members === null ? [] : tablesOf(name, members, tables);
  return { name, root: roots[0] ?? null, roles, members, memberTables };
}

/** What a row's disappearance cannot be seen in is refused (SEMANTICS 7.3). */
const REFUSED =
  /\b(distinct|group\s+by|having|not|except|intersect|limit|offset|over|now\s*\(|current_\w+|localtime\w*|\w*timestamp\s*\(|statement_timestamp|random\w*\s*\(|gen_random_uuid|nextval|count\s*\(|max\s*\(|min\s*\(|sum\s*\(|avg\s*\(|\w+_agg\s*\()/i;

function tablesOf(scope: string, members: string, tables: readonly TableModel[]): string[] {
  const refused = REFUSED.exec(members.replace(/'(?:[^']|'')*'/g, "''"));
  if (refused) {
    throw new ForgeError(
      'members_not_rows',
      `Members of scope '${scope}' use '${refused[0]}': who belongs must follow from rows alone.`,
      'Use joins and union all only.',
    );
  }
  const named = [...members.matchAll(/\b(?:from|join)\s+"?(\w+)"?/gi)].map(([, table]) => table ?? '');
  const unknown = named.find((table) => !tables.some((known) => known.name === table));
  if (named.length === 0 || unknown !== undefined) {
    throw new ForgeError(
      'members_unknown_table',
      `Members of scope '${scope}' read ${unknown === undefined ? 'no table' : `'${unknown}', which is no entity`}.`,
      'Name tables of entities.',
    );
  }
  return [...new Set(named)].sort();
}
