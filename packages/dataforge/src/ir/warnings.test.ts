import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { expect, it } from 'vitest';
import { Access, DomainEntity, Scope, ServerOnly, globalScope, scope, userScope } from '../decorators/index.ts';
import type { EntityClass } from '../decorators/marks.ts';
import { buildModel } from './build-model.ts';
import { warningsOf } from './warnings.ts';

@Entity('w_person')
@Scope(userScope)
class Person extends DomainEntity {}

@Entity('w_post')
@Scope(globalScope)
@Access(globalScope, { read: 'anyone', write: 'nobody' })
class Post extends DomainEntity {
  @Column('uuid') by!: string;
  @ManyToOne(() => Person) @JoinColumn({ name: 'by' }) writer!: Relation<Person>;
  @Column('text') email!: string;
  @ServerOnly() @Column('text') phone!: string;
  @Column('text') title!: string;
}

@Entity('w_counter')
@Scope(globalScope)
@Access(globalScope, { read: 'anyone', write: 'anyone' })
class Counter {
  @PrimaryGeneratedColumn() id!: number;
}

@Entity('w_log')
@Scope(globalScope)
@Access(globalScope, { read: 'anyone', write: 'nobody' })
class Log {
  @PrimaryGeneratedColumn('identity') id!: number;
}

const team = scope('w_team', { roles: ['m'], members: 'select team_id as scope_id, user_id, role from w_row' });
@Entity('w_team')
@Scope(team)
class Team extends DomainEntity {}
@Entity('w_row')
@Scope(team, (row) => row.team)
class Row extends DomainEntity {
  @Column('uuid', { nullable: true }) team_id!: string | null;
  @ManyToOne(() => Team, { nullable: true }) @JoinColumn({ name: 'team_id' }) team!: Relation<Team> | null;
}

const codes = async (...entities: EntityClass[]) =>
  warningsOf(await buildModel(entities)).map(({ code, message }) => `${code} ${/\w+\.\w+/.exec(message)?.[0] ?? ''}`);

it('a person’s columns in rows that everybody receives are told, hidden ones are not', async () => {
  expect(await codes(Person, Post)).toEqual(['global_personal w_post.by', 'global_personal w_post.email']);
});

it('a key that the database numbers is told where clients may insert', async () => {
  expect(await codes(Counter, Log)).toEqual(['database_key w_counter.id']);
});

it('a scope that a row may be without is told', async () => {
  expect(await codes(Team, Row)).toEqual(['scope_nullable w_row.team_id']);
});
