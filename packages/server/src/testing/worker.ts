import * as model from '@repo/schema/server';
import { createServer } from '../index.ts';

const server = createServer(model);

export class ReplicationDO extends server.ReplicationDO {}
export class SyncDO extends server.SyncDO {}
export default server.worker;
