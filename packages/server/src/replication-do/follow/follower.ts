import { PgError } from '@vibestack/replication';
import type { ScopeKey, SyncSchema } from '@vibestack/sync-types';
import { Assembler } from '../assemble/assembler.ts';
import { SCOPE_ALL } from '../assemble/steps.ts';
import type { ChangeLog } from '../log/change-log.ts';
import { ReplicationProblem, reportProblem, type ReportedProblem } from '../problems.ts';
import type { Schedule, Task } from '../schedule.ts';
import type { ReplicationState, SlotLag } from '../status.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { attach, type Attachment } from './attach.ts';
import { FENCE_TAKEN } from './continuity.ts';
import type { FollowedDatabase } from './database.ts';
import { Pump } from './pump.ts';
import { Rate } from './rate.ts';
import type { ReplicationRecord } from './record.ts';
import { HistoryDiffersError } from './redelivery.ts';
import { SILENCE, Watch } from './watch.ts';

/** Numbers that decide when something is done. Milliseconds and bytes. */
export interface FollowerLimits {
  /** Bytes of log to keep. */
  readonly retention: number;
  /** Between two drainings while nobody listens. */
  readonly drainInterval: number;
  /** Between two looks of a poll: the first after something came, the last after nothing came for long. */
  readonly pollMin: number;
  readonly pollMax: number;
  /** Bytes of input that one invocation decodes: CPU time is counted between two events (DESIGN: 30 s of it). */
  readonly slice: number;
}

export interface FollowerPorts {
  readonly schema: SyncSchema;
  readonly storage: ObjectStorage;
  readonly log: ChangeLog;
  readonly record: ReplicationRecord;
  readonly schedule: Schedule;
  readonly database: FollowedDatabase;
  readonly slot: string;
  readonly publication: string;
  readonly limits: FollowerLimits;
  /** Whether anybody listens. */
  readonly isWanted: () => boolean;
  /** Told after new history is durable; {@link SCOPE_ALL} also when it begins anew. */
  readonly published: (touched: ReadonlySet<ScopeKey>) => void;
  /** Told when changes stop flowing. */
  readonly stopped: () => void;
  readonly now: () => number;
  readonly random: () => string;
  readonly report: (level: 'info' | 'warn' | 'error', event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What there is while the server is attached to. */
interface Link {
  readonly attachment: Attachment;
  readonly pump: Pump;
  readonly watch: Watch;
}

/** Between two alarms while connected: an eviction is noticed within it. */
export const WATCH_INTERVAL = 30_000;
/** Without a listener for this long, following ends. */
const REST_AFTER = 60_000;
/** Before the first retry; doubled up to the watch interval. */
const RETRY = 500;
/** Two logs that take the slot from each other are told apart from one that moved by this. */
const CONTENTION = 600_000;

/**
 * Follows one database: attaches, pumps, and begins again whenever something breaks. It has no timers: whoever owns it
 * calls {@link wake} for the tasks that it plans.
 *
 *   stopped ──start──▶ connecting ──▶ following ◀──start── resting
 *      ▲                  │   ▲  └──▶ draining ──────────────▲ │
 *      └──stop── any      ▼   └─retry── failed      nobody listens, until the next draining
 */
export class Follower {
  readonly #ports: FollowerPorts;
  readonly #rate = new Rate();
  readonly #ignored = new Map<string, readonly string[]>();
  #state: ReplicationState = 'stopped';
  #running = false;
  #again = false;
  #isStartDue = false;
  #connecting = Promise.resolve();
  /** The first attachment of this instance is still to come. */
  #isNew = true;
  #attached = Promise.withResolvers<undefined>();
  #isAnswered = false;
  #link: Link | null = null;
  #run: string | null = null;
  #began = 0;
  #neededAt: number;
  #failures = 0;
  #streaming = true;
  /** Attachments in a row that delivered another history. Not believed at once: an acknowledgement may have come late. */
  #differences = 0;
  #pollDelay: number;
  #problem: (ReportedProblem & { at: number }) | null = null;
  #newEpochReason: string | null = null;
  #lastLag: SlotLag | null = null;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
    this.#pollDelay = ports.limits.pollMin;
    this.#neededAt = ports.now();
  }

  get state(): ReplicationState {
    return this.#state;
  }

  get facts() {
    return {
      state: this.#state,
      run: this.#run,
      newEpochReason: this.#newEpochReason,
      lag: this.#link?.watch.lag ?? this.#lastLag,
      changes: this.#rate.total,
      rate: this.#rate.perSecond(this.#ports.now()),
      problem: this.#problem,
      ignoredColumns: Object.fromEntries(this.#ignored),
    };
  }

  /** Makes sure that changes are followed; resolves when the server has answered, or there is a problem. */
  async ready(): Promise<void> {
    this.#neededAt = this.#ports.now();
    if (this.#state === 'draining') this.#state = 'following';
    if (this.#link === null) this.#start();
    await this.#attached.promise;
  }

  /** Starts what should run and does not: what an eviction ended, or what has lost its alarm. Leaves alone what rests. */
  ensure(): void {
    const { schedule, now } = this.#ports;
    if (this.#state === 'stopped' && schedule.due('watch') !== null) {
      this.#start();
      return;
    }
    const due = schedule.due('watch') ?? schedule.due('start');
    if (this.#link === null && (due === null || due < now() - WATCH_INTERVAL)) this.#start();
  }

  /** Looks at once, if changes are polled for. */
  nudge(): void {
    if (this.#ports.database.kind === 'stream') return;
    this.#pollDelay = this.#ports.limits.pollMin;
    if (this.#link) this.#work();
    else if (this.#state !== 'failed') this.#start();
  }

  /** Does the tasks that are due. Never throws. */
  async wake(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      try {
        if (task === 'watch') await this.#watch();
        else if (task === 'start') this.#start();
        else if (task === 'slice') this.#work();
      } catch (error) {
        this.#ports.report('error', 'replication.task_failed', { task, error: String(error) });
      }
    }
  }

  /** Ends following until somebody asks for it again. */
  async stop(): Promise<void> {
    const { schedule } = this.#ports;
    this.#state = 'stopped';
    this.#detach(false);
    await this.#connecting;
    for (const task of ['watch', 'start', 'slice'] as const) await schedule.drop(task);
  }

  #start(): void {
    if (this.#link !== null || this.#state === 'connecting') return;
    this.#expectAttachment();
    if (this.#running) {
      // The end of the last slice is still to come, and must not wait for what never comes.
      this.#isStartDue = true;
      this.#ports.database.abandon();
      return;
    }
    this.#running = true;
    this.#connecting = this.#connect().finally(() => {
      this.#running = false;
      this.#isStartDue = false;
      if (this.#link) this.#work();
    });
  }

  async #connect(): Promise<void> {
    const ports = this.#ports;
    const { random, now, report } = ports;
    const wasResting = this.#state === 'resting';
    this.#state = 'connecting';
    this.#began = now();
    this.#run = random();
    ports.database.abandon();
    await ports.schedule.planBy('watch', now() + WATCH_INTERVAL);
    try {
      const attachment = await attach({
        ...ports,
        streaming: this.#streaming,
        distrust: this.#differences > 1 ? 'the server has another history' : null,
        allowNewEpoch: (reason) => {
          this.#refuseContention(reason);
        },
        onNotice: (message) => {
          this.#notice(message);
        },
      });
      if (this.#isStopped) {
        await attachment.source.close();
        await attachment.sql.close();
        this.#answer();
        return;
      }
      ports.record.countRestart();
      this.#link = { attachment, pump: this.#pump(attachment), watch: new Watch(attachment, ports) };
      this.#state = wasResting && this.#isIdle ? 'draining' : 'following';
      this.#newEpochReason = attachment.newEpoch ?? this.#newEpochReason;
      report('info', `replication.${this.#state}`, {
        run: this.#run,
        epoch: attachment.epoch,
        newEpoch: attachment.newEpoch,
      });
      this.#answer();
      // Every session stands in another epoch and must come back; or the instance before this one was lost after it made
      // history durable, and before it told of it.
      if (attachment.newEpoch !== null || this.#isNew) ports.published(new Set([SCOPE_ALL]));
      this.#isNew = false;
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Pumps one slice, unless one is running: then another follows it. */
  #work(): void {
    const link = this.#link;
    if (link === null) {
      this.#start();
      return;
    }
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    void this.#slice(link).finally(() => {
      this.#running = false;
      if (this.#isStartDue) this.#start();
      else if (this.#again && this.#link) this.#work();
      this.#again = false;
      this.#isStartDue = false;
    });
  }

  async #slice(link: Link): Promise<void> {
    const { limits, schedule, now } = this.#ports;
    try {
      const before = this.#rate.total;
      const target = this.#state === 'draining' ? link.attachment.current : null;
      const end = await link.pump.run(limits.slice, target);
      this.#problem = null;
      if (this.#link !== link) return;
      this.#differences = 0;
      if (end === 'slice') {
        await schedule.plan('slice', now());
      } else if (this.#state === 'draining') {
        await this.#rest();
      } else {
        const isQuiet = this.#rate.total === before;
        this.#pollDelay = isQuiet ? Math.min(this.#pollDelay * 2, limits.pollMax) : limits.pollMin;
        await schedule.plan('slice', now() + this.#pollDelay);
      }
    } catch (error) {
      if (this.#link === link) await this.#fail(error);
    }
  }

  #pump(attachment: Attachment): Pump {
    const { schema, log, record, storage, limits, published, now } = this.#ports;
    const assembler = new Assembler(schema, attachment.xidReference, (table, columns) => {
      this.#ignore(table, columns);
    });
    return new Pump(attachment.source, attachment.redelivery, assembler, {
      log,
      record,
      storage,
      retention: limits.retention,
      now,
      heard: (isLevel) => {
        this.#link?.watch.heard(isLevel);
      },
      published: (touched, changes) => {
        this.#failures = 0;
        this.#problem = null;
        this.#rate.add(changes, now());
        published(touched);
      },
    });
  }

  async #watch(): Promise<void> {
    const { schedule, now, isWanted, database, report } = this.#ports;
    if (this.#state === 'resting') {
      database.abandon();
      return;
    }
    await schedule.plan('watch', now() + WATCH_INTERVAL);
    const link = this.#link;
    if (link === null) {
      if (this.#state === 'connecting' && now() - this.#began >= WATCH_INTERVAL) database.abandon();
      else this.#start();
      return;
    }
    if (isWanted()) this.#neededAt = now();
    if (this.#state === 'following' && this.#isIdle) {
      report('info', 'replication.resting', { run: this.#run });
      await this.#rest();
      return;
    }
    if (now() - this.#began >= WATCH_INTERVAL) this.#failures = 0;
    // Not awaited: in a black hole it never comes back, and the next look says so.
    link.watch.look(this.#running).catch((error: unknown) => {
      if (this.#link === link) void this.#fail(error);
    });
    if (link.watch.isWaiting) await schedule.planBy('watch', now() + SILENCE);
  }

  async #rest(): Promise<void> {
    const { schedule, now, limits } = this.#ports;
    this.#detach(true);
    this.#state = 'resting';
    await schedule.drop('slice');
    await schedule.plan('watch', now() + SILENCE);
    await schedule.plan('start', now() + limits.drainInterval);
  }

  async #fail(error: unknown): Promise<void> {
    const { schedule, now, report } = this.#ports;
    if (this.#isStopped) {
      this.#answer();
      return;
    }
    const problem = { ...reportProblem(error), at: now() };
    this.#problem = problem;
    // Decoding an open transaction that changed a table's layout can fail inside Postgres, again and again, where the
    // committed one is decoded well ('could not map filenumber'): it is read the other way from here on.
    if (error instanceof PgError && error.sqlstate === 'XX000') this.#streaming = false;
    if (error instanceof HistoryDiffersError) this.#differences++;
    report('error', 'replication.failed', { run: this.#run, ...problem });
    this.#detach(false);
    this.#state = 'failed';
    this.#answer();
    const delay = Math.min(RETRY * 2 ** this.#failures++, WATCH_INTERVAL);
    await schedule.plan('start', now() + (problem.code === 'slot_contended' ? CONTENTION / 2 : delay));
  }

  /**
   * Nothing is waited for: in a black hole a goodbye never ends. What is left of it is broken before the next connection,
   * or when it took too long.
   *
   * @param isOrderly  says goodbye; else connections are broken at once
   */
  #detach(isOrderly: boolean): void {
    const link = this.#link;
    this.#link = null;
    if (!isOrderly) this.#ports.database.abandon();
    this.#ports.stopped();
    if (!link) return;
    this.#lastLag = link.watch.lag;
    const { source, sql } = link.attachment;
    void source.close().then(() => sql.close());
  }

  #expectAttachment(): void {
    if (this.#isAnswered) this.#attached = Promise.withResolvers();
    this.#isAnswered = false;
  }

  #answer(): void {
    this.#isAnswered = true;
    this.#attached.resolve(undefined);
  }

  /** Nobody listens or has asked for long. */
  get #isIdle(): boolean {
    const { isWanted, now } = this.#ports;
    return !isWanted() && now() - this.#neededAt >= REST_AFTER;
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #notice(message: string): void {
    const { report } = this.#ports;
    report('warn', 'replication.notice', { run: this.#run, message });
    // Since Postgres 18 a stream goes on without the changes of a publication that is gone.
    if (this.#link && message.includes('publication')) {
      void this.#fail(
        new ReplicationProblem('publication_wrong', message, 'It is made anew, and clients download again.'),
      );
    }
  }

  #ignore(table: string, columns: readonly string[]): void {
    const before = this.#ignored.get(table);
    this.#ignored.set(table, columns);
    const isNew = before !== undefined && columns.some((column) => !before.includes(column));
    if (isNew) this.#ports.report('warn', 'replication.columns_ignored', { run: this.#run, table, columns });
  }

  #refuseContention(reason: string): void {
    const { record, now } = this.#ports;
    if (reason !== FENCE_TAKEN) return;
    const last = record.fenceLostAt;
    record.fenceLostAt = now();
    if (last === null || now() - last > CONTENTION) return;
    throw new ReplicationProblem(
      'slot_contended',
      'Another deployment follows the same replication slot, and takes it away again and again.',
      'Give each environment a slot of its own: set REPLICATION_SLOT. Then recreate replication in the one that keeps this slot.',
    );
  }
}
