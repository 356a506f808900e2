export { filesBelow, loadModel, packageName, querySources, sourcesNaming } from './sources.ts';
