import { Column, PrimaryColumn } from 'typeorm';
import { TableCategory } from './decorators.ts';

/** Base of what the application is about: synchronised, with a key made by whoever inserts (UUID v7). */
@TableCategory('domain')
export abstract class DomainEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz', { default: () => 'now()' }) created_at!: string;
  @Column('timestamptz', { default: () => 'now()' }) updated_at!: string;
}

/** Base of tables that the framework keeps for itself. */
@TableCategory('system')
export abstract class SystemEntity {}

/** Base of tables that only the server uses: jobs, reports, caches. */
@TableCategory('utility')
export abstract class UtilityEntity {}
