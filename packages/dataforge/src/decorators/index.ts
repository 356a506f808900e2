export { DomainEntity, SystemEntity, UtilityEntity } from './base.ts';
export { Access, Backfill, ClientOnly, Describe, RenamedFrom, Scope, ServerOnly, TableCategory } from './decorators.ts';
export { scope, userScope, type ScopeDefinition } from './scope.ts';
