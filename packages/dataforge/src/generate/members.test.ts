import { Column, Entity } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DomainEntity, Scope, scope } from '../decorators/index.ts';
import { buildModel } from '../ir/build-model.ts';
import type { Model } from '../ir/types.ts';
import { Shadow } from '../plan/index.ts';
import { checkMembers } from './members.ts';

const team = scope('team', { roles: ['member'], members: 'select team_id as scope_id, user_id, role from team' });
@Entity('team')
@Scope(team)
class Team extends DomainEntity {
  @Column('uuid') team_id!: string;
  @Column('uuid') user_id!: string;
  @Column('text') role!: string;
  @Column('timestamptz') until!: string;
}

let model: Model;
let shadow: Shadow;
beforeAll(async () => {
  shadow = await Shadow.open();
  model = await buildModel([Team]);
});
afterAll(() => shadow.close());

const withMembers = (members: string, sql = ''): Model => ({
  ...model,
  scopes: model.scopes.map((one) => ({ ...one, members })),
  scripts: [{ path: 'src/sql/f.sql', side: 'server', first: false, sql }],
});

it('members that follow from rows alone are taken', async () => {
  await checkMembers(shadow, model);
  const union = `select team_id as scope_id, user_id, role from team where role <> 'not yet'
    union all select id, user_id, lower(role) from team`;
  await checkMembers(shadow, withMembers(union));
});

it.each([
  ['a column that is not there', 'select team_id as scope_id, user_id from team', '', 'members_refused', 'role'],
  ['a person who is none', `select team_id as scope_id, 7 as user_id, role from team`, '', 'members_refused', 'uuid'],
  [
    'the clock',
    `select team_id as scope_id, user_id, role from team where until > clock_timestamp()`,
    '',
    'members_not_rows',
    'clock_timestamp()',
  ],
  [
    'a function of the application that reads other rows',
    `select team_id as scope_id, user_id, role from team where allowed(user_id)`,
    `create function allowed(uuid) returns boolean stable language sql as 'select true';`,
    'members_not_rows',
    'allowed(uuid)',
  ],
])('are refused for %s', async (_, members, sql, code, message) => {
  await expect(checkMembers(shadow, withMembers(members, sql))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  });
});
