import type { Epoch, Lsn, ScopeKey, SyncSchema } from '@vibestack/sync-types';
import type { Pool } from '../database/pool.ts';
import type { LogPage, MarkerFound, ReplicationStatus } from '../replication-do/index.ts';
import type { Sockets } from './sockets.ts';

/** ReplicationDO as a SyncDO calls it. */
export interface ReplicationStub {
  ready(): Promise<ReplicationStatus>;
  status(): Promise<ReplicationStatus>;
  ensure(): Promise<void>;
  nudge(): Promise<void>;
  release(): Promise<void>;
  recreate(): Promise<ReplicationStatus>;
  renew(group: string): Promise<boolean>;
  subscribe(group: string, scopes: readonly ScopeKey[]): Promise<void>;
  read(group: string, epoch: Epoch, from: Lsn, limit: number, within: number | null): Promise<LogPage | null>;
  readUnseen(
    epoch: Epoch,
    xmin: string,
    until: Lsn,
    from: Lsn | null,
    limit: number,
    within: number | null,
  ): Promise<LogPage | null>;
  changesOf(epoch: Epoch, from: Lsn, tables: readonly string[]): Promise<string | null>;
  hold(nonce: string): Promise<void>;
  releaseHold(nonce: string): Promise<void>;
  awaitMarker(nonce: string): Promise<MarkerFound>;
  marker(nonce: string): Promise<MarkerFound | null>;
}

/** What the steps of a SyncDO work with. */
export interface Group {
  readonly name: string;
  readonly schema: SyncSchema;
  readonly replication: ReplicationStub;
  readonly pool: Pool;
  readonly sockets: Sockets;
}

/** Tells ReplicationDO which scopes this group listens to: all that its sessions hold, gain or wait for. */
export async function subscribeGroup(group: Group): Promise<void> {
  const scopes = new Set<string>();
  for (const { session } of group.sockets.all()) {
    scopes.add(`user:${session.userId}`);
    if (!session.ready) continue;
    for (const [scope] of [...session.ready.held, ...session.ready.gaining]) scopes.add(scope);
    for (const clientId of session.ready.clientIds) scopes.add(`client:${clientId}`);
  }
  await group.replication.subscribe(group.name, [...scopes] as ScopeKey[]);
}
