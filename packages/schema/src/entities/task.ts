import { Access, DomainEntity, Scope, ServerOnly } from '@vibestack/dataforge/entities';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { projectScope } from '../scopes.ts';
import { Project } from './project.ts';

@Entity('task')
@Scope(projectScope, (t) => t.project)
@Access(projectScope, { read: 'viewer', write: 'editor' })
@Index(['project_id', 'status'])
@Index(['updated_at'])
@Check('task_title_length', `char_length(title) between 1 and 500`)
@Check('task_status', `status in ('todo', 'doing', 'done')`)
@Check('task_priority', `priority between 0 and 3`)
export class Task extends DomainEntity {
  @Column('uuid') project_id!: string;
  @ManyToOne(() => Project, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'project_id' }) project!: Relation<Project>;
  @Column('text') title!: string;
  @Column('text', { nullable: true }) body!: string | null;
  @Column('text', { default: 'todo' }) status!: string;
  @Column('integer', { default: 0 }) priority!: number;
  /** A person's id; their name is in their membership. */
  @Column('uuid', { nullable: true }) assignee_id!: string | null;
  @Column('date', { nullable: true }) due_on!: string | null;
  @Column('double precision', { default: 0 }) position!: number;
  /** What it costs is nobody's business but the server's. */
  @ServerOnly() @Column('numeric', { nullable: true }) cost!: string | null;
}
