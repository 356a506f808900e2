export { readExisting } from './existing.ts';
export { pullFiles } from './pull.ts';
export { readSource } from './source.ts';
