import { Access, DomainEntity, Scope } from '@vibestack/dataforge/entities';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, Unique, type Relation } from 'typeorm';
import { projectScope } from '../scopes.ts';
import { Person } from './person.ts';
import { Project } from './project.ts';

/** Somebody's place in a project, and what the others see of them. */
@Entity('member')
@Scope(projectScope, (m) => m.project)
@Access(projectScope, { read: 'viewer', write: 'owner' })
@Unique(['project_id', 'user_id'])
@Index(['user_id'])
@Check('member_role', `role in ('viewer', 'editor', 'owner')`)
export class Member extends DomainEntity {
  @Column('uuid') project_id!: string;
  @ManyToOne(() => Project, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'project_id' }) project!: Relation<Project>;
  @Column('uuid') user_id!: string;
  @ManyToOne(() => Person, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'user_id' }) person!: Relation<Person>;
  @Column('text') role!: string;
  @Column('text') display_name!: string;
}
