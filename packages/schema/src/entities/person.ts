import { Access, DomainEntity, Scope, ServerOnly } from '@vibestack/dataforge/entities';
import { Column, Entity } from 'typeorm';
import { userScope } from '../scopes.ts';

/** Somebody who signs in. Their row is theirs alone: what colleagues see of them is in their memberships. */
@Entity('person')
@Scope(userScope)
@Access(userScope, { read: 'self', write: 'self' })
export class Person extends DomainEntity {
  @Column('text') name!: string;
  @Column('text', { default: '#64748b' }) color!: string;
  @ServerOnly() @Column('text', { unique: true }) email!: string;
}
