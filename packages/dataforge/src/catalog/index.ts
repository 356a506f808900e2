export { readCatalog } from './read.ts';
