export { generate, staleFiles, writeFiles } from './files.ts';
export { describeQueries } from './queries.ts';
