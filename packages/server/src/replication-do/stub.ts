import type { ServerEnv } from '../database/config.ts';
import { slotName } from '../database/config.ts';
import type { ReplicationStub } from '../sync-do/group.ts';

/** The one ReplicationDO of this environment's database; its name never comes from a client. */
export const replicationStub = (env: ServerEnv): ReplicationStub =>
  env.REPLICATION.getByName(`slot/${slotName(env)}`) as unknown as ReplicationStub;
