export { bundleProbe } from './bundle.ts';
export { setUpDatabase, walEnd, writeRows } from './database.ts';
export { Inspector } from './inspector.ts';
export { Probe, type ProbeOptions } from './probe.ts';
export { drainDecoded } from './worker/drain.ts';
export type { LoggedTransaction, Status } from './worker/answers.ts';
