import { dropSlot, terminateActive } from '@vibestack/replication';
import type { FollowedDatabase } from './database.ts';

/** Drops the slot, ending whoever reads it. */
export async function dropFollowed(database: FollowedDatabase, slot: string): Promise<void> {
  const sql = database.sql();
  try {
    await terminateActive(sql, slot);
    await dropSlot(sql, slot);
  } finally {
    await sql.close();
  }
}
