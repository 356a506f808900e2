export { RunOrderError } from './errors.ts';
export { mergeRuns, type NetEntries } from './merge-runs.ts';
export { netOf } from './net-of.ts';
export { mergeHeads, netTransaction, runEntries, type NetEntry, type NetRun, type RunHead } from './net-run.ts';
