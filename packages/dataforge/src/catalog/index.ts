export { readLiveCatalog } from './live.ts';
export { readCatalog } from './read.ts';
export type { Catalog } from './types.ts';
