import { parseScopeKey, type ScopeKey, type SyncSchema } from '@vibestack/sync-types';

/** The scopes that a person belongs to, with the role in each. */
export type Memberships = ReadonlyMap<ScopeKey, string>;

/** The role by which each person holds their own scope. */
export const ROLE_SELF = 'self';
/** The role by which everybody holds the global scope. */
export const ROLE_ANYONE = 'anyone';

/** Names of the tables whose rows a role may read in a scope. */
export function readableTables(schema: SyncSchema, scope: ScopeKey, role: string): ReadonlySet<string> {
  const { name } = parseScopeKey(scope);
  const mine = schema.tables.filter((table) => table.scope.name === name);
  return new Set(mine.filter((table) => name === 'global' || table.access.read.includes(role)).map(({ name }) => name));
}

/** What changes for a session when its person's memberships go from `before` to `now`. */
export interface MembershipChange {
  readonly gained: readonly ScopeKey[];
  readonly lost: readonly ScopeKey[];
}

/** A role that reads other tables than before counts as a loss and a gain of the scope. */
export function compareMemberships(schema: SyncSchema, before: Memberships, now: Memberships): MembershipChange {
  const gained: ScopeKey[] = [];
  const lost: ScopeKey[] = [];
  for (const [scope, role] of before) {
    const next = now.get(scope);
    if (next === undefined) lost.push(scope);
    else if (next !== role && !sameTables(schema, scope, role, next)) {
      lost.push(scope);
      gained.push(scope);
    }
  }
  for (const scope of now.keys()) if (!before.has(scope)) gained.push(scope);
  return { gained, lost };
}

function sameTables(schema: SyncSchema, scope: ScopeKey, a: string, b: string): boolean {
  const left = readableTables(schema, scope, a);
  const right = readableTables(schema, scope, b);
  return left.size === right.size && [...left].every((table) => right.has(table));
}
