export { exactJson, parseExactJson } from './exact-json.ts';
export { LiveQueries, type LiveResult } from './live-queries.ts';
export { reuseRows } from './reuse-rows.ts';
