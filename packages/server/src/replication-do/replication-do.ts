import { DurableObject } from 'cloudflare:workers';
import type { ReplicationStream } from '@vibestack/replication';
import { connect } from '@vibestack/replication/workerd';
import type { Epoch, Lsn, ScopeKey, SyncSchema } from '@vibestack/sync-types';
import { directUrl, logRetention, slotName, type ServerEnv } from '../database/config.ts';
import { log as structuredLog } from '../app/logging.ts';
import { Assembler, SCOPE_ALL } from './assembler.ts';
import { attach } from './attach.ts';
import { ChangeLog, type LogPage } from './log.ts';
import { pump } from './pump.ts';
import { ReplicationRecord } from './record.ts';
import { Subscribers } from './subscribers.ts';

/** What a SyncDO or the metrics route can ask. */
export interface ReplicationStatus {
  readonly state: 'stopped' | 'connecting' | 'streaming' | 'failed';
  /** Null until the log was begun. */
  readonly epoch: Epoch | null;
  readonly durable: Lsn;
  readonly acked: Lsn | null;
  readonly floor: { readonly lsn: Lsn; readonly xid: string };
  readonly logBytes: number;
  /** Times the stream was opened since the object started. */
  readonly connects: number;
  readonly lastError: string | null;
  readonly newEpochReason: string | null;
}

/** A marker's place and content, with the epoch that proves it. */
export interface MarkerFound {
  readonly epoch: Epoch;
  readonly lsn: Lsn;
  readonly content: string;
}

/** Milliseconds between alarms while streaming. */
const ALARM_INTERVAL = 30_000;
/** Milliseconds of silence after which the server is asked for a sign of life, and then given up. */
const SILENCE = 20_000;
/** Milliseconds before the first retry; doubled up to the alarm interval. */
const RETRY = 500;

/**
 * The one reader of a database's WAL: keeps the change log, tells SyncDOs that it grew, and lets them read it.
 *
 * No timers: one alarm re-arms itself first, then makes sure that the stream runs.
 */
export abstract class ReplicationDOBase extends DurableObject<ServerEnv> {
  protected abstract readonly schema: SyncSchema;
  readonly #log: ChangeLog;
  readonly #record: ReplicationRecord;
  readonly #subscribers: Subscribers;
  #running = false;
  #attached = Promise.withResolvers<undefined>();
  #stream: ReplicationStream | null = null;
  #state: ReplicationStatus['state'] = 'stopped';
  #lastError: string | null = null;
  #newEpochReason: string | null = null;
  #connects = 0;
  #failures = 0;
  #lastHeard = 0;
  #probed = false;

  constructor(ctx: DurableObjectState, env: ServerEnv) {
    super(ctx, env);
    this.#log = new ChangeLog(ctx.storage.sql);
    this.#record = new ReplicationRecord(ctx.storage, this.#log);
    this.#subscribers = new Subscribers(ctx.storage.sql);
  }

  /** Makes sure that the stream runs; returns at once. */
  async ensure(): Promise<ReplicationStatus> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + ALARM_INTERVAL);
    this.#start();
    return this.status();
  }

  /** As {@link ensure}, but waits until the server has answered: history has an epoch, or there is an error. */
  async ready(): Promise<ReplicationStatus> {
    await this.ensure();
    await this.#attached.promise;
    return this.status();
  }

  status(): ReplicationStatus {
    const record = this.#record.load();
    return {
      state: this.#state,
      epoch: record?.epoch ?? null,
      durable: this.#log.durable,
      acked: record?.acked ?? null,
      floor: this.#record.floor,
      logBytes: this.#log.bytes,
      connects: this.#connects,
      lastError: this.#lastError,
      newEpochReason: this.#newEpochReason,
    };
  }

  /** Replaces the scopes that a SyncDO group listens to, and starts the stream if need be. */
  async subscribe(group: string, scopes: readonly ScopeKey[]): Promise<void> {
    this.#subscribers.set(group, scopes);
    await this.ensure();
  }

  /** A page of history after `from`; null when it belongs to another epoch or lies below the floor. */
  read(epoch: Epoch, from: Lsn, limit: number): LogPage | null {
    return this.#reaches(epoch, from) ? this.#log.read(from, limit) : null;
  }

  /** Segments that may hold transactions up to `to` which a snapshot does not see; null when some of them are gone. */
  readUnseen(epoch: Epoch, xmin: string, to: Lsn): readonly string[] | null {
    if (this.#record.load()?.epoch !== epoch || BigInt(this.#record.floor.xid) >= BigInt(xmin)) return null;
    return this.#log.readUnseen(BigInt(xmin), to);
  }

  /** Segments after `from` in which one of these tables changes; null as in {@link read}. */
  readTables(epoch: Epoch, from: Lsn, tables: readonly string[]): readonly string[] | null {
    return this.#reaches(epoch, from) ? this.#log.readTables(from, tables) : null;
  }

  marker(nonce: string): MarkerFound | null {
    const found = this.#log.marker(nonce);
    const epoch = this.#record.load()?.epoch;
    return found && epoch ? { epoch, ...found } : null;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + ALARM_INTERVAL);
    await this.#checkSilence();
    this.#start();
  }

  #reaches(epoch: Epoch, from: Lsn): boolean {
    return this.#record.load()?.epoch === epoch && from >= this.#record.floor.lsn;
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
    });
  }

  async #run(): Promise<void> {
    this.#state = 'connecting';
    this.#attached = Promise.withResolvers();
    try {
      const attachment = await attach(connect, directUrl(this.env), slotName(this.env), this.#record);
      this.#log.dropStaged();
      this.#stream = attachment.stream;
      this.#connects++;
      this.#state = 'streaming';
      this.#heard();
      this.#attached.resolve(undefined);
      if (attachment.newEpoch !== null) {
        this.#newEpochReason = attachment.newEpoch;
        this.#notify(new Set([SCOPE_ALL])); // every session stands in another epoch and must come back
      }
      structuredLog('info', 'replication.streaming', { epoch: attachment.record.epoch, reason: attachment.newEpoch });
      await pump(attachment.stream, new Assembler(this.schema, attachment.xidReference), {
        log: this.#log,
        record: this.#record,
        storage: this.ctx.storage,
        retention: logRetention(this.env),
        published: (touched) => {
          this.#failures = 0;
          this.#notify(touched);
        },
        now: () => Date.now(),
        heard: () => {
          this.#heard();
        },
      });
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#state = 'failed';
    this.#attached.resolve(undefined);
    this.#lastError = error instanceof Error ? error.message : String(error);
    structuredLog('error', 'replication.failed', { error: this.#lastError });
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
    const delay = Math.min(RETRY * 2 ** this.#failures++, ALARM_INTERVAL);
    await this.ctx.storage.setAlarm(Date.now() + delay);
  }

  async #checkSilence(): Promise<void> {
    const stream = this.#stream;
    if (stream === null || Date.now() - this.#lastHeard < SILENCE) return;
    if (this.#probed) {
      await stream.close(); // the read under way fails, and with it the run
      return;
    }
    this.#probed = true;
    await this.ctx.storage.setAlarm(Date.now() + SILENCE);
    await stream.probe();
  }

  #heard(): void {
    this.#lastHeard = Date.now();
    this.#probed = false;
  }

  #notify(touched: ReadonlySet<ScopeKey>): void {
    for (const group of this.#subscribers.groupsOf(touched)) {
      const stub = this.env.SYNC.getByName(group) as unknown as { notify(): Promise<void> };
      stub.notify().catch((error: unknown) => {
        // A notification is a hint: whoever missed it reads the log from its own mark at the next one.
        structuredLog('warn', 'replication.notify_failed', { group, error: String(error) });
      });
    }
  }
}
