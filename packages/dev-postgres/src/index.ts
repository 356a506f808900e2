export { serverAccount, type Account } from './account.ts';
export type { Release } from './binaries.ts';
export { PostgresProblem, checkServer, type PostgresProblemCode, type ServerReport } from './check.ts';
export { DevPostgresError } from './errors.ts';
export { freePort } from './ports.ts';
export { startPostgres, type DevPostgres, type StartOptions } from './start.ts';
