export { DomainEntity, SystemEntity, UtilityEntity } from './base.ts';
export {
  Access,
  Backfill,
  ClientOnly,
  Describe,
  Domain,
  Merge,
  RenamedFrom,
  Scope,
  ServerOnly,
  SqlIndex,
  TableCategory,
} from './decorators.ts';
export { domain, type DomainDefinition } from './domain.ts';
export { globalScope, scope, userScope, type ScopeDefinition } from './scope.ts';
