/**
 * A declared scope: a partition of rows, and who belongs to it. Its root is the entity that carries `@Scope` of it
 * without naming a way there.
 */
export interface ScopeDefinition<Role extends string = string> {
  readonly name: string;
  /** Weakest first: each role may do what those before it may. */
  readonly roles: readonly Role[];
  /** SQL over rows only: `select … as scope_id, … as user_id, … as role`. */
  readonly members: string | null;
}

/**
 * Declares a scope.
 *
 * @param options.roles    weakest first
 * @param options.members  `select … as scope_id, … as user_id, role from …`: joins and `union all` only
 * @example
 * export const project = scope('project', {
 *   roles: ['viewer', 'editor', 'owner'],
 *   members: `select project_id as scope_id, user_id, role from member`,
 * });
 */
export const scope = <const Role extends string>(
  name: string,
  options: { readonly roles: readonly Role[]; readonly members: string },
): ScopeDefinition<Role> => ({ name, ...options });

/** The scope of each person's own rows: its id is the person's, and the only role is `self`. */
export const userScope: ScopeDefinition<'self'> = { name: 'user', roles: ['self'], members: null };

/** The scope of rows that everybody who is signed in may see. */
export const globalScope: ScopeDefinition<'anyone'> = { name: 'global', roles: ['anyone'], members: null };
