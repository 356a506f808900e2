import { rowSchemas, schema } from '@repo/schema/server';
import { createServer } from '@vibestack/server';

const server = createServer({ schema, rowSchemas });

export class ReplicationDO extends server.ReplicationDO {}
export class SyncDO extends server.SyncDO {}
export default server.worker;
