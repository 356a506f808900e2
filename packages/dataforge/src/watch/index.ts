export { regenerate, type Regenerated } from './regenerate.ts';
export { watchSources } from './watch-sources.ts';
