export { LiveQueries, type LiveResult } from './live-queries.ts';
export { reuseRows } from './reuse-rows.ts';
