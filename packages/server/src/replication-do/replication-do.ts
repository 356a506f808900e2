import { DurableObject } from 'cloudflare:workers';
import type { SqlPort } from '@vibestack/replication';
import { connect } from '@vibestack/replication/workerd';
import type { Epoch, Lsn, ScopeKey, SyncSchema } from '@vibestack/sync-types';
import { log as structuredLog } from '../app/logging.ts';
import {
  PUBLICATION,
  directUrl,
  drainInterval,
  logRetention,
  pollIntervals,
  slotName,
  sourceKind,
  type ServerEnv,
} from '../database/config.ts';
import { connectedDatabase, polledDatabase, type FollowedDatabase } from './follow/database.ts';
import { Follower } from './follow/follower.ts';
import { dropFollowed } from './follow/release.ts';
import { ReplicationRecord } from './follow/record.ts';
import type { LogPage } from './log/bodies.ts';
import { ChangeLog } from './log/change-log.ts';
import { COMPACTION, Compactor } from './log/compactor.ts';
import { Holds } from './log/holds.ts';
import { MarkerWaits } from './notify/marker-waits.ts';
import { Notifier } from './notify/notifier.ts';
import { Subscribers } from './notify/subscribers.ts';
import { Schedule } from './schedule.ts';
import type { ReplicationStatus } from './status.ts';
import { durableStorage } from './storage/durable-storage.ts';
import type { ObjectStorage } from './storage/object-storage.ts';

/** A marker's place and content, with the epoch that proves it. */
export interface MarkerFound {
  readonly epoch: Epoch;
  readonly lsn: Lsn;
  readonly content: string;
}

/** Bytes of input that one invocation decodes: some seconds of CPU. */
const SLICE = 64 * 1024 * 1024;
/** Bytes of log that was not compacted, from which on it is; and milliseconds until it is looked at again. */
const COMPACT_ABOVE = COMPACTION.keepRaw + 4 * COMPACTION.window;
const COMPACT_AFTER = 5000;

/**
 * The one reader of a database's WAL: keeps the change log, tells SyncDOs that it grew, and lets them read it. A thin
 * shell around {@link Follower} and {@link ChangeLog}; all its methods are internal calls.
 */
export abstract class ReplicationDOBase extends DurableObject<ServerEnv> {
  protected abstract readonly schema: SyncSchema;
  /** The way to a database that is polled, when it is not a connection of our own. */
  protected readonly poll: ((env: ServerEnv) => SqlPort) | undefined;
  readonly #storage: ObjectStorage;
  readonly #log: ChangeLog;
  readonly #record: ReplicationRecord;
  readonly #subscribers: Subscribers;
  readonly #notifier: Notifier;
  readonly #markerWaits = new MarkerWaits((nonce) => this.marker(nonce));
  readonly #schedule: Schedule;
  readonly #holds: Holds;
  #made: Follower | null = null;

  constructor(ctx: DurableObjectState, env: ServerEnv) {
    super(ctx, env);
    const now = () => Date.now();
    this.#storage = durableStorage(ctx.storage);
    this.#log = new ChangeLog(this.#storage);
    this.#record = new ReplicationRecord(this.#storage, this.#log);
    this.#subscribers = new Subscribers(this.#storage, now);
    this.#schedule = new Schedule(this.#storage, (at) => ctx.storage.setAlarm(at));
    this.#holds = new Holds(this.#storage);
    this.#notifier = new Notifier(
      this.#subscribers,
      (group) => (env.SYNC.getByName(group) as unknown as { notify(): Promise<void> }).notify(),
      (group, error) => {
        structuredLog('warn', 'replication.notify_failed', { group, error: String(error) });
      },
    );
  }

  #database(): FollowedDatabase {
    const { poll } = this;
    if (poll !== undefined && sourceKind(this.env) === 'poll') return polledDatabase(() => poll(this.env));
    return connectedDatabase(sourceKind(this.env), connect, () => directUrl(this.env));
  }

  /** For a Cron Trigger: starts again what was evicted and lost its alarm; leaves alone what rests. */
  ensure(): void {
    this.#follower.ensure();
  }

  /** Waits until changes are followed and history has an epoch, or there is a problem. */
  async ready(): Promise<ReplicationStatus> {
    await this.#follower.ready();
    return this.status();
  }

  /** A write was committed: a poll looks at once. */
  nudge(): void {
    this.#follower.nudge();
  }

  status(): ReplicationStatus {
    const record = this.#record.load();
    return {
      ...this.#follower.facts,
      source: sourceKind(this.env),
      epoch: record?.epoch ?? null,
      durable: this.#log.end,
      acked: record?.acked ?? null,
      floor: this.#record.floor,
      log: this.#log.size,
      rowsWritten: this.#storage.rowsWritten,
      restarts: this.#record.restarts,
      groups: this.#subscribers.count,
    };
  }

  /** Replaces the scopes that a SyncDO group listens to; none: it is gone. Starts following if need be. */
  async subscribe(group: string, scopes: readonly ScopeKey[]): Promise<void> {
    this.#subscribers.set(group, scopes);
    if (scopes.length > 0) await this.#follower.ready();
  }

  /** A group still listens. @returns false when it must subscribe anew */
  renew(group: string): boolean {
    return this.#subscribers.renew(group);
  }

  /**
   * A page of history after `from`, without what touches no scope that the group listens to.
   *
   * @returns null when the position belongs to another epoch or lies below the floor
   */
  read(group: string, epoch: Epoch, from: Lsn, limit: number, within: number | null = null): LogPage | null {
    if (!this.#reaches(epoch, from)) return null;
    return this.#log.read(from, limit, within, { scopes: this.#subscribers.scopesOf(group) });
  }

  /**
   * A page of what may hold transactions up to `until` that a snapshot with this `xmin` does not see.
   *
   * @param from  null for the first page
   * @returns null when some of them are gone, or compacted
   */
  readUnseen(
    epoch: Epoch,
    xmin: string,
    until: Lsn,
    from: Lsn | null,
    limit: number,
    within: number | null = null,
  ): LogPage | null {
    const { floor } = this.#record;
    if (this.#record.load()?.epoch !== epoch || BigInt(floor.xid) >= BigInt(xmin)) return null;
    return this.#log.read(from ?? floor.lsn, limit, within, { xmin: BigInt(xmin), until });
  }

  /** JSON of the transactions after `from` that change one of these tables, with these changes; null as in {@link read}. */
  changesOf(epoch: Epoch, from: Lsn, tables: readonly string[]): string | null {
    return this.#reaches(epoch, from) ? JSON.stringify(this.#log.changesOf(from, new Set(tables))) : null;
  }

  /** A snapshot begins: what is logged from here on stays as it is until it is admitted, or half an hour has passed. */
  hold(nonce: string): void {
    this.#holds.add(nonce, this.#log.end, Date.now());
  }

  /** The snapshot was admitted, or given up. */
  releaseHold(nonce: string): void {
    this.#holds.release(nonce);
  }

  /** Where a snapshot's marker committed; null while the log does not have it. */
  marker(nonce: string): MarkerFound | null {
    const found = this.#log.marker(nonce);
    const epoch = this.#record.load()?.epoch;
    return found && epoch ? { epoch, ...found } : null;
  }

  /** As {@link marker}, but waits for it. @throws {Error} changes do not flow */
  async awaitMarker(nonce: string): Promise<MarkerFound> {
    await this.#follower.ready();
    this.#follower.nudge();
    if (this.#follower.state === 'failed') throw new Error('The change stream is not running');
    return this.#markerWaits.wait(nonce);
  }

  /** Stops following and drops the slot, so that the server keeps no WAL for it: when an environment is taken down. */
  async release(): Promise<void> {
    await this.#follower.stop();
    await dropFollowed(this.#database(), slotName(this.env));
    await this.#record.forget();
  }

  /** Begins history anew, on request: a new slot and epoch; every client downloads again. */
  async recreate(): Promise<ReplicationStatus> {
    await this.release();
    return this.ready();
  }

  override async alarm(): Promise<void> {
    const tasks = await this.#schedule.take(Date.now());
    if (tasks.includes('compact')) await this.#compact();
    for (const group of this.#subscribers.expire()) structuredLog('info', 'replication.group_gone', { group });
    await this.#follower.wake(tasks);
    this.#follower.ensure();
  }

  get #compactor(): Compactor {
    const memberTables = new Set(this.schema.scopes.flatMap((scope) => scope.memberTables));
    return new Compactor(this.#log, this.#storage, memberTables);
  }

  /** Made late: the schema is a field of the class that extends this one. */
  get #follower(): Follower {
    this.#made ??= new Follower({
      schema: this.schema,
      storage: this.#storage,
      log: this.#log,
      record: this.#record,
      schedule: this.#schedule,
      database: this.#database(),
      slot: slotName(this.env),
      publication: PUBLICATION,
      limits: {
        retention: logRetention(this.env),
        drainInterval: drainInterval(this.env),
        slice: SLICE,
        ...pollIntervals(this.env),
      },
      isWanted: () => this.#subscribers.count > 0,
      published: (touched) => {
        this.#notifier.tell(touched);
        this.#markerWaits.look();
        if (this.#log.size.rawBytes > COMPACT_ABOVE) void this.#schedule.planBy('compact', Date.now() + COMPACT_AFTER);
      },
      stopped: () => {
        this.#markerWaits.giveUp();
      },
      now: () => Date.now(),
      random: () => crypto.randomUUID(),
      report: structuredLog,
    });
    return this.#made;
  }

  /** One step an invocation, so that each has CPU time of its own. Never throws: an alarm that does is given up. */
  async #compact(): Promise<void> {
    try {
      const isMore = await this.#compactor.step(this.#holds.earliest(Date.now()));
      if (isMore) await this.#schedule.planBy('compact', Date.now());
    } catch (error) {
      // What it was compacting was dropped meanwhile, by retention or a new epoch; the next step looks anew.
      structuredLog('warn', 'replication.compaction_failed', { error: String(error) });
    }
  }

  #reaches(epoch: Epoch, from: Lsn): boolean {
    return this.#record.load()?.epoch === epoch && from >= this.#record.floor.lsn;
  }
}
