/// <reference types="node" />
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connect } from '@vibestack/replication';
import { connect as nodeConnect } from '@vibestack/replication/node';
import type { LogTransaction } from '@vibestack/sync-core';
import { LSN_ZERO, type ScopeKey, type SyncSchema } from '@vibestack/sync-types';
import { connectedDatabase } from '../follow/database.ts';
import { Follower, type FollowerLimits } from '../follow/follower.ts';
import { ReplicationRecord } from '../follow/record.ts';
import { decodeBodies } from '../log/bodies.ts';
import { ChangeLog } from '../log/change-log.ts';
import { Schedule } from '../schedule.ts';
import { ForgetfulStorage } from './forgetful-storage.ts';
import { Machine, type LoseAt } from './machine.ts';
import { schema } from './messages.ts';

export type SourceKind = 'stream' | 'poll';

export interface FollowingOptions {
  readonly kind: SourceKind;
  /** Asked at each connection. */
  readonly url: () => string;
  readonly slot: string;
  readonly schema?: SyncSchema;
  readonly connect?: Connect;
  readonly storage?: ForgetfulStorage;
  readonly limits?: Partial<FollowerLimits>;
}

/** One instance of the object, in memory. */
interface Instance {
  readonly machine: Machine;
  readonly schedule: Schedule;
  readonly log: ChangeLog;
  readonly record: ReplicationRecord;
  readonly follower: Follower;
}

/** States in which nothing happens before the alarm rings. */
const WAITING: ReadonlySet<string> = new Set(['failed', 'stopped']);

/** Milliseconds that a test waits for something at most. */
const PATIENCE = 25_000;

/**
 * What ReplicationDO is to a {@link Follower}, in Node: storage, an alarm, and machines that can be lost. Its clock goes
 * with the real one and can be put forward.
 */
export class Following {
  readonly storage: ForgetfulStorage;
  /** Whether anybody listens. */
  isWanted = true;
  /** Scopes that were told of, in order. */
  readonly told: ReadonlySet<ScopeKey>[] = [];
  readonly reports: { readonly level: string; readonly event: string; readonly fields: object }[] = [];
  loseAt: LoseAt = () => false;
  crashes = 0;
  schema: SyncSchema;
  readonly #options: FollowingOptions;
  #instance: Instance;
  #putForward = 0;
  #alarm: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #waking: Promise<void> | null = null;
  #names = 0;

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.schema = options.schema ?? schema;
    this.storage = options.storage ?? new ForgetfulStorage();
    this.#instance = this.#boot();
  }

  get follower(): Follower {
    return this.#instance.follower;
  }

  get log(): ChangeLog {
    return this.#instance.log;
  }

  get record(): ReplicationRecord {
    return this.#instance.record;
  }

  get facts(): Follower['facts'] {
    return this.#instance.follower.facts;
  }

  get epoch(): string | null {
    return this.record.load()?.epoch ?? null;
  }

  readonly now = (): number => Date.now() + this.#putForward;

  /** Starts, and waits until the server has answered or there is a problem. */
  async ready(): Promise<this> {
    await this.follower.ready();
    return this;
  }

  /** The machine is lost: what was not synced is gone, and a new instance starts elsewhere. */
  crash(): void {
    this.crashes++;
    this.#instance.machine.die();
    this.storage.crash();
    this.#restart();
  }

  /** The object leaves memory, with all that it wrote kept, and a new instance is made. */
  async evict(): Promise<void> {
    await this.storage.sync();
    this.#instance.machine.die();
    this.#restart();
  }

  /** Puts the clock forward and lets the alarm ring if it is due. */
  async advance(milliseconds: number): Promise<void> {
    this.#putForward += milliseconds;
    this.#arm();
    await sleep(1);
    await this.#waking;
  }

  /** Waits until something is so; a follower that waits for its next try need not wait long. */
  async until(isSo: () => boolean, what = String(isSo)): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!isSo()) {
      if (Date.now() > end) throw new Error(`It never came to be that ${what}: ${this.#describe()}`);
      await sleep(3);
      if (this.#alarm === null || !WAITING.has(this.facts.state) || this.#waking) continue;
      await this.advance(Math.max(0, this.#alarm - this.now()));
    }
  }

  /** Waits until the log has this task. */
  async untilLogged(id: number | string): Promise<void> {
    let from = LSN_ZERO;
    const isThere = () => {
      const { end } = this.log;
      if (end === from) return false;
      const seen = this.logged(end > from ? from : LSN_ZERO);
      from = end;
      return seen.some(({ changes }) => changes.some(({ o, t, k }) => o === 'i' && t === 'task' && k === String(id)));
    };
    await this.until(isThere, `task ${id} is logged`);
  }

  /** Waits until changes flow. */
  untilFollowing(): Promise<void> {
    return this.until(() => this.facts.state === 'following', 'changes flow');
  }

  /** Waits until there is a problem, whatever it is tried again meanwhile. */
  async untilFailed(code: string): Promise<void> {
    await this.until(() => this.facts.problem?.code === code, `it fails with ${code}`);
  }

  /** The log after an LSN, or all of it. */
  logged(from = LSN_ZERO): LogTransaction[] {
    const page = this.log.read(from, 2 ** 40);
    return page === null ? [] : decodeBodies(page.bodies);
  }

  /** Tasks inserted, in the log's order. */
  ids(): string[] {
    return this.logged().flatMap(({ changes }) =>
      changes.filter(({ o, t }) => o === 'i' && t === 'task').map(({ k }) => k),
    );
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.follower.stop();
    this.#instance.machine.die();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #restart(): void {
    this.#instance = this.#boot();
    this.#alarm = null;
    this.#waking = null;
    const due = (['watch', 'start', 'slice'] as const).map((task) => this.#instance.schedule.due(task) ?? Infinity);
    const next = Math.min(...due);
    if (next !== Infinity) this.#setAlarm(next);
    this.#instance.follower.ensure(); // as the Cron Trigger does
  }

  #boot(): Instance {
    const { kind, url, slot, limits, connect = nodeConnect } = this.#options;
    const machine: Machine = new Machine(
      this.storage,
      connect,
      (moment) => this.loseAt(moment),
      () => {
        this.crash();
      },
    );
    const log = new ChangeLog(machine);
    const record = new ReplicationRecord(machine, log);
    const schedule = new Schedule(machine, (at) => {
      if (!machine.isLost) this.#setAlarm(at);
      return Promise.resolve();
    });
    const follower = new Follower({
      schema: this.schema,
      storage: machine,
      log,
      record,
      schedule,
      database: connectedDatabase(kind, machine.connect, url),
      slot,
      publication: 'vibestack',
      limits: { retention: 2 ** 40, drainInterval: 3_600_000, pollMin: 5, pollMax: 20, slice: 2 ** 26, ...limits },
      isWanted: () => this.isWanted,
      published: (touched) => {
        if (!machine.isLost) this.told.push(touched);
      },
      stopped: () => undefined,
      now: this.now,
      random: () => `${Date.now()}-${this.#names++}-${Math.random()}`,
      report: (level, event, fields) => {
        if (!machine.isLost) this.reports.push({ level, event, fields });
      },
    });
    return { machine, log, record, schedule, follower };
  }

  #setAlarm(at: number): void {
    this.#alarm = at;
    this.#arm();
  }

  /** As on Cloudflare, the alarm does not ring while it is being answered. */
  readonly #arm = (): void => {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#alarm === null || this.#waking !== null) return;
    const wait = this.#alarm - this.now();
    if (wait <= 0) this.#ring();
    else this.#timer = setTimeout(this.#arm, Math.min(wait, 2 ** 30)).unref();
  };

  #ring(): void {
    const { schedule, follower, machine } = this.#instance;
    this.#alarm = null;
    const waking: Promise<void> = schedule
      .take(this.now())
      .then((tasks) => follower.wake(tasks))
      .then(() => {
        if (machine.isLost) return;
        this.#waking = null;
        this.#arm();
      });
    this.#waking = waking;
  }

  #describe(): string {
    const { state, problem, newEpochReason } = this.facts;
    return JSON.stringify({ state, problem, newEpochReason, logged: this.logged().length, crashes: this.crashes });
  }
}
