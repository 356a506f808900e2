import type { Epoch, Lsn } from '@vibestack/sync-types';
import type { ReportedProblem } from './problems.ts';

/**
 * `stopped`: never started, or told to stop. `connecting`. `following`: changes flow. `draining`: nobody listens, what
 * has gathered is fetched. `resting`: nobody listens, until the next draining. `failed`: see the problem; tried again.
 */
export type ReplicationState = 'stopped' | 'connecting' | 'following' | 'draining' | 'resting' | 'failed';

/** How far the slot is behind, as the server saw it. */
export interface SlotLag {
  /** Bytes of WAL between the server's position and what was acknowledged. */
  readonly bytes: number;
  /** Bytes of WAL that the server keeps for the slot: an open transaction holds it, however fast we are. */
  readonly restartBytes: number | null;
  /** Seconds since the log was level with the server; 0 when it is. */
  readonly seconds: number;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus: string;
  /** Unix milliseconds at which the server was asked. */
  readonly at: number;
}

/** What there is to know about replication; for internal calls only, it names the database's insides. */
export interface ReplicationStatus {
  readonly state: ReplicationState;
  readonly source: 'stream' | 'poll';
  /** Correlates the log lines of one attachment. */
  readonly run: string | null;
  /** Null until the log was begun. */
  readonly epoch: Epoch | null;
  /** Why the epoch began, if this object began it. */
  readonly newEpochReason: string | null;
  /** Commit LSN of the log's last transaction. */
  readonly durable: Lsn;
  readonly acked: Lsn | null;
  readonly floor: { readonly lsn: Lsn; readonly xid: string };
  readonly lag: SlotLag | null;
  readonly log: { readonly bytes: number; readonly segments: number; readonly rawBytes: number };
  /** Row changes logged since the object started, and per second of the last ten. */
  readonly changes: number;
  readonly rate: number;
  /** SQLite rows written since the object started: what is billed. */
  readonly rowsWritten: number;
  /** Times that the server was attached to since the object was made. */
  readonly restarts: number;
  readonly problem: (ReportedProblem & { readonly at: number }) | null;
  /** Columns in the WAL that the schema does not know, by table: hidden ones, and those of a newer version. */
  readonly ignoredColumns: Readonly<Record<string, readonly string[]>>;
  /** SyncDO groups that listen. */
  readonly groups: number;
}
