export { readCatalog } from './read.ts';
export type { Catalog } from './types.ts';
