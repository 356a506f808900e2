export { collectQueries } from './collect.ts';
export { describeQuery, type DescribedColumn, type DescribedQuery } from './describe.ts';
