import { wantedSql } from '../emit/wanted.ts';
import { ForgeError } from '../errors.ts';
import type { Model, ScopeModel } from '../ir/types.ts';
import type { Shadow } from '../plan/index.ts';

/**
 * Has the shadow read the SQL that says who belongs to scopes. It has to name the three columns, and may only call
 * functions whose answer never changes: a person would stop belonging without any row having changed (SEMANTICS 7.3).
 *
 * @throws {ForgeError} `members_refused`, `members_not_rows`
 */
export async function checkMembers(shadow: Shadow, model: Model): Promise<void> {
  const declared = model.scopes.filter(({ members }) => members !== null);
  if (declared.length === 0) return;
  await shadow.reset();
  await shadow.run(wantedSql(model, 'server'));
  for (const scope of declared) await checkScope(shadow, scope);
}

async function checkScope({ database }: Shadow, { name, members }: ScopeModel): Promise<void> {
  try {
    await database.exec(
      `create temp view vibestack_members as select scope_id, user_id::uuid as user_id, role::text as role from (${members ?? ''}) m`,
    );
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ForgeError(
      'members_refused',
      `Members of scope '${name}' cannot be read: ${said}`,
      'Select scope_id, user_id (a uuid) and role from tables of entities.',
    );
  }
  const { rows } = await database.query<{ name: string }>(UNSTEADY);
  await database.exec('drop view vibestack_members');
  const [unsteady] = rows;
  if (!unsteady) return;
  throw new ForgeError(
    'members_not_rows',
    `Members of scope '${name}' call ${unsteady.name}, whose answer may change while no row does.`,
    'Let rows alone say who belongs; a function has to be immutable.',
  );
}

/** Functions in the view's analysed query, those of operators included, that are stable or volatile. */
const UNSTEADY = `
  select distinct p.oid::regprocedure::text as name
  from pg_rewrite r, regexp_matches(r.ev_action::text, ':(?:op)?funcid (\\d+)', 'g') as found (ids)
    join pg_proc p on p.oid = found.ids[1]::oid
  where r.ev_class = 'pg_temp.vibestack_members'::regclass and p.provolatile <> 'i'`;
