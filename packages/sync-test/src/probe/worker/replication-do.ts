import { ReplicationDOBase, type ReplicationStatus } from '@vibestack/server/replication-do';
import type { SyncSchema } from '@vibestack/sync-types';
import type { Status } from './answers.ts';
import { schema } from './schema.ts';

/** The engine's own, with the probe's table. */
export class ReplicationDO extends ReplicationDOBase {
  protected readonly schema: SyncSchema = schema;

  // Only here does the compiler see both.
  override status(): ReplicationStatus & Status {
    return super.status();
  }
}
