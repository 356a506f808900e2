import { Access, DomainEntity, Scope } from '@vibestack/dataforge/entities';
import { Check, Column, Entity } from 'typeorm';
import { projectScope } from '../scopes.ts';

@Entity('project')
@Scope(projectScope)
@Access(projectScope, { read: 'viewer', write: 'owner' })
@Check('project_name_length', `char_length(name) between 1 and 200`)
export class Project extends DomainEntity {
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { default: '#6366f1' }) color!: string;
  @Column('boolean', { default: false }) archived!: boolean;
}
