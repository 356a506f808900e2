import { Access, DomainEntity, Scope } from '@vibestack/dataforge/entities';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { projectScope } from '../scopes.ts';
import { Task } from './task.ts';

/** Something said about a task. Its project is found along the task. */
@Entity('comment')
@Scope(projectScope, (c) => c.task)
@Access(projectScope, { read: 'viewer', write: 'editor' })
@Index(['task_id'])
@Check('comment_body_length', `char_length(body) between 1 and 10000`)
export class Comment extends DomainEntity {
  @Column('uuid') task_id!: string;
  @ManyToOne(() => Task, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'task_id' }) task!: Relation<Task>;
  @Column('uuid') author_id!: string;
  @Column('text') body!: string;
}
