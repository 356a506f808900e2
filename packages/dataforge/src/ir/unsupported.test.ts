import {
  BeforeInsert,
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Tree,
  TreeChildren,
  TreeParent,
  UpdateDateColumn,
  VersionColumn,
  ViewColumn,
  ViewEntity,
  type Relation,
} from 'typeorm';
import { expect, it } from 'vitest';
import {
  Access,
  Backfill,
  ClientOnly,
  DomainEntity,
  Scope,
  ServerOnly,
  globalScope,
  scope,
  userScope,
} from '../decorators/index.ts';
import type { EntityClass } from '../decorators/marks.ts';
import { buildModel } from './build-model.ts';

const Base = (name: string) => (target: EntityClass) => {
  Entity(name)(target);
  ServerOnly()(target);
};

@Base('a_version')
class WithVersion {
  @PrimaryColumn('uuid') id!: string;
  @VersionColumn() version!: number;
}
@Base('a_listener')
class WithListener {
  @PrimaryColumn('uuid') id!: string;
  @BeforeInsert() fill(): void {
    this.id = '';
  }
}
@Base('a_transformer')
class WithTransformer {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { transformer: { from: (v: string) => v, to: (v: string) => v } }) a!: string;
}
@Base('a_other_name')
class WithOtherName {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'created' }) createdAt!: string;
}
@Base('a_postgis')
class WithGeometry {
  @PrimaryColumn('uuid') id!: string;
  @Column('geometry') place!: string;
}
@Base('a_simple_array')
class WithSimpleArray {
  @PrimaryColumn('uuid') id!: string;
  @Column('simple-array') tags!: string[];
}
@Base('a_eager')
class WithEager {
  @PrimaryColumn('uuid') id!: string;
  @ManyToOne(() => WithEager, { eager: true }) @JoinColumn() other!: Relation<WithEager>;
}
@Base('a_cascade')
class WithCascade {
  @PrimaryColumn('uuid') id!: string;
  @ManyToOne(() => WithCascade, { cascade: ['insert'] }) @JoinColumn() other!: Relation<WithCascade>;
}
@Base('a_fulltext')
@Index(['a'], { fulltext: true })
class WithFulltext {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') a!: string;
}
@Base('a_touched')
class WithTouched {
  @PrimaryColumn('uuid') id!: string;
  @UpdateDateColumn({ type: 'timestamptz' }) changed_on!: string;
}
@Base('a_tree')
@Tree('closure-table')
class WithTree {
  @PrimaryColumn('uuid') id!: string;
  @TreeChildren() children!: Relation<WithTree[]>;
  @TreeParent() parent!: Relation<WithTree>;
}
@ViewEntity({ expression: 'select 1 as n' })
class WithView {
  @ViewColumn() n!: number;
}
@Entity('b_no_scope')
class WithoutScope extends DomainEntity {}
@Entity('b_hidden_key')
@Scope(globalScope)
class WithHiddenKey {
  @ServerOnly() @PrimaryColumn('uuid') id!: string;
}
@Entity('b_hidden_source')
@Scope(globalScope)
class WithHiddenSource extends DomainEntity {
  @ServerOnly() @Column('integer', { default: 0 }) cost!: number;
  @Column({ type: 'integer', generatedType: 'STORED', asExpression: 'cost * 2' }) price!: number;
}
@Entity('b_hidden_fill')
@Scope(globalScope)
class WithHiddenFill extends DomainEntity {
  @ServerOnly() @Column('text') email!: string;
  @Backfill('lower(email)') @Column('text') handle!: string;
}
@ClientOnly()
@Entity('b_client_scope')
@Scope(globalScope)
class WithClientScope extends DomainEntity {}
@Entity('b_client_required')
@Scope(globalScope)
class WithClientRequired extends DomainEntity {
  @ClientOnly() @Column('text') local!: string;
}
@Entity('b_other_access')
@Scope(globalScope)
@Access(userScope, { read: 'self', write: 'self' })
class WithOtherAccess extends DomainEntity {}

const team = scope('team', { roles: ['member'], members: 'select team_id as scope_id, user_id, role from b_team' });
@Entity('b_team')
@Scope(team)
class Team extends DomainEntity {
  @Column('uuid') team_id!: string;
}
@Entity('b_second_root')
@Scope(team)
class SecondRoot extends DomainEntity {}
const counted = scope('counted', {
  roles: ['m'],
  members: 'select max(id) as scope_id, user_id, role from b_counted group by 2, 3',
});
@Entity('b_counted')
@Scope(counted)
@Check('true')
class Counted extends DomainEntity {}

it.each([
  [WithVersion, 'unsupported', /^WithVersion has a @VersionColumn/, /@Merge/],
  [WithListener, 'unsupported', /listeners/, /trigger in src\/sql/],
  [WithTransformer, 'unsupported', /^WithTransformer\.a has a transformer/, /./],
  [
    WithOtherName,
    'unsupported',
    /^WithOtherName\.createdAt is called otherwise/,
    /Give the property the column’s name/,
  ],
  [WithGeometry, 'unsupported', /WithGeometry\.place .* PostGIS/, /point/],
  [WithSimpleArray, 'unsupported', /simple-array/, /array: true/],
  [WithEager, 'unsupported', /WithEager\.other is eager/, /Join it/],
  [WithCascade, 'unsupported', /WithCascade\.other cascades/, /onDelete/],
  [WithFulltext, 'unsupported', /full-text/, /@SqlIndex/],
  [WithTouched, 'unsupported', /changed_on/, /updated_at/],
  [WithTree, 'unsupported', /tree/, /recursive/],
  [WithView, 'unsupported', /view/, /src\/sql/],
  [WithoutScope, 'scope_missing', /WithoutScope/, /@Scope/],
  [WithHiddenKey, 'hidden_key', /WithHiddenKey\.id/, /./],
  [WithHiddenSource, 'generated_hidden', /price is computed from cost/, /Mark price like cost/],
  [WithHiddenFill, 'backfill_hidden', /handle is filled from email/, /default/],
  [WithClientScope, 'scope_one_sided', /on clients only/, /./],
  [WithClientRequired, 'client_only_required', /WithClientRequired\.local/, /default/],
  [WithOtherAccess, 'access_scope', /@Access speaks of 'user'/, /@Access\(global/],
  [Counted, 'members_not_rows', /use 'max\('/, /joins and union all/],
] as const)('what cannot work is refused, with what to do: %o', async (entity, code, message, fix) => {
  const error = await buildModel([entity as EntityClass]).then(
    () => null,
    (thrown: unknown) => thrown as { code: string; message: string; fix: string },
  );
  expect(error?.code).toBe(code);
  expect(error?.message).toMatch(message);
  expect(error?.fix).toMatch(fix);
});

it('a scope has one root', async () => {
  await expect(buildModel([Team, SecondRoot])).rejects.toMatchObject({ code: 'scope_two_roots' });
});
