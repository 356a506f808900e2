import { ROLE_ANYONE, ROLE_SELF, type Memberships } from '@vibestack/sync-core';
import { scopeKey, type ScopeKey, type SyncSchema } from '@vibestack/sync-types';
import type { Sql } from './pool.ts';

/** Who belongs where, and the database snapshot in which that was read. */
export interface MembershipReading {
  /** `pg_current_snapshot()` in text. */
  readonly snapshot: string;
  readonly of: (userId: string) => Memberships;
}

/** Reads the memberships of some people in one statement, so in one snapshot. */
export async function readMemberships(
  sql: Sql,
  schema: SyncSchema,
  userIds: readonly string[],
): Promise<MembershipReading> {
  const [row] = await sql.rows(
    `select pg_current_snapshot()::text as snapshot,
            coalesce((select json_agg(json_build_array(scope, user_id, role)) from (${membershipSql(schema)}) m
                      where m.user_id = any($1::uuid[])), '[]')::text as members`,
    [`{${userIds.join(',')}}`],
  );
  const members = JSON.parse(row?.['members'] ?? '[]') as [ScopeKey, string, string][];
  const byUser = new Map<string, Map<ScopeKey, string>>();
  for (const userId of userIds) byUser.set(userId, ownScopes(schema, userId));
  for (const [scope, userId, role] of members) keepStronger(schema, byUser.get(userId), scope, role);
  return { snapshot: row?.['snapshot'] ?? '', of: (userId) => byUser.get(userId) ?? new Map<ScopeKey, string>() };
}

/** One row per membership: `(scope text, user_id uuid, role text)`, of all declared scopes. */
function membershipSql(schema: SyncSchema): string {
  const parts = schema.scopes
    .filter(({ members }) => members !== null)
    .map(
      ({ name, members }) =>
        `select '${name}:' || scope_id::text as scope, user_id::uuid as user_id, role::text as role from (${members ?? ''}) s`,
    );
  return parts.length > 0 ? parts.join(' union all ') : `select ''::text, null::uuid, ''::text where false`;
}

/** Scopes that need no membership row: a person's own, and the one that everybody shares. */
function ownScopes(schema: SyncSchema, userId: string): Map<ScopeKey, string> {
  const names = new Set(schema.tables.map(({ scope }) => scope.name));
  const own = new Map<ScopeKey, string>();
  if (names.has('user')) own.set(scopeKey('user', userId), ROLE_SELF);
  if (names.has('global')) own.set(scopeKey('global'), ROLE_ANYONE);
  return own;
}

function keepStronger(
  schema: SyncSchema,
  memberships: Map<ScopeKey, string> | undefined,
  scope: ScopeKey,
  role: string,
): void {
  const roles = schema.scopes.find(({ name }) => scope.startsWith(`${name}:`))?.roles ?? [];
  const had = memberships?.get(scope);
  if (had === undefined || roles.indexOf(role) > roles.indexOf(had)) memberships?.set(scope, role);
}

/** The role of one person in one scope, its rows locked against a concurrent revocation (SEMANTICS 4.4). */
export async function lockRole(
  sql: Sql,
  schema: SyncSchema,
  scope: { readonly name: string; readonly id?: string },
  userId: string,
): Promise<string | null> {
  if (scope.name === 'global') return ROLE_ANYONE;
  if (scope.name === 'user' && scope.id === userId) return ROLE_SELF;
  const declared = schema.scopes.find(({ name }) => name === scope.name);
  if (!declared?.members || scope.id === undefined) return null;
  const rows = await sql.rows(
    `select role::text from (${declared.members}) m where m.scope_id::text = $1 and m.user_id::text = $2 for share`,
    [scope.id, userId],
  );
  return rows
    .map(({ role }) => role ?? '')
    .reduce<string | null>(
      (best, role) => (best === null || declared.roles.indexOf(role) > declared.roles.indexOf(best) ? role : best),
      null,
    );
}

/** All roles of one person, their rows locked against a concurrent revocation. */
export async function lockRoles(sql: Sql, schema: SyncSchema, userId: string): Promise<Map<ScopeKey, string>> {
  const roles = ownScopes(schema, userId);
  for (const { name, members } of schema.scopes) {
    if (members === null) continue;
    const rows = await sql.rows(
      `select m.scope_id::text as id, m.role::text as role from (${members}) m where m.user_id::text = $1 for share`,
      [userId],
    );
    for (const { id, role } of rows) keepStronger(schema, roles, scopeKey(name, id ?? ''), role ?? '');
  }
  return roles;
}
