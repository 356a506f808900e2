export { generate, staleFiles, writeFiles } from './files.ts';
export { checkMembers } from './members.ts';
export { describeQueries } from './queries.ts';
