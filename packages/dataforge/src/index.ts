export { ForgeError } from './errors.ts';
export type { EmittedMigration } from './emit/modules/schema-module.ts';
export { migrate, type MigrateReport } from './migrations/apply.ts';
