export { ROWS, makeDataset, type Dataset, type Size } from './dataset.ts';
export { seed, type SeedOptions } from './seed.ts';
