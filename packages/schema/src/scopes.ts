import { scope, userScope } from '@vibestack/dataforge/entities';

/** A project and all that lies in it; who belongs to it are its members. */
export const projectScope = scope('project', {
  roles: ['viewer', 'editor', 'owner'],
  members: `select project_id as scope_id, user_id, role from member`,
});

export { userScope };
