export { decodeBodies, type LogPage } from './log/bodies.ts';
export { MARKER_PREFIX } from './markers.ts';
export { ReplicationDOBase, type MarkerFound } from './replication-do.ts';
export type { ReplicationStatus } from './status.ts';
export { replicationStub } from './stub.ts';
