export { ForgeError } from './errors.ts';
export type { EmittedMigration } from './emit/typescript.ts';
export { migrate, type MigrateReport } from './migrate.ts';
