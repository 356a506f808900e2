import type { ChangeSource, PgoutputMessage } from '@vibestack/replication';
import { lsnFromBigInt, lsnToBigInt, type ScopeKey } from '@vibestack/sync-types';
import type { Assembler } from '../assemble/assembler.ts';
import type { LogStep } from '../assemble/steps.ts';
import type { ChangeLog } from '../log/change-log.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { ReplicationRecord } from './record.ts';
import type { Redelivery } from './redelivery.ts';

/** What the pump needs of its object. */
export interface PumpPorts {
  readonly log: ChangeLog;
  readonly record: ReplicationRecord;
  readonly storage: ObjectStorage;
  /** Bytes of log to keep. */
  readonly retention: number;
  /** Told after new segments are durable. */
  readonly published: (touched: ReadonlySet<ScopeKey>, changes: number) => void;
  /** Told whenever the server was heard; `isLevel`: and what it said is logged, and nothing more is there. */
  readonly heard: (isLevel: boolean) => void;
  readonly now: () => number;
}

/** Why {@link Pump.run} came back: its slice of work is done, or nothing more is here. */
export type PumpEnd = 'slice' | 'drained';

/** Milliseconds between two acknowledgements of idle WAL: each costs a row written. */
const IDLE_ACK_INTERVAL = 10_000;
/** Characters of open transactions that are staged before they are sent to disk, and before that is waited for. */
const STAGE_SYNC = 4 * 1024 * 1024;
const STAGE_LIMIT = 32 * 1024 * 1024;

/** Moves a source's changes into the log: read, assemble, make durable, acknowledge, tell. */
export class Pump {
  readonly #source: ChangeSource;
  readonly #redelivery: Redelivery;
  readonly #assembler: Assembler;
  readonly #ports: PumpPorts;
  #isRepeated = false;
  #lastIdle = 0;
  #staged = 0;
  #syncing: Promise<void> | null = null;

  constructor(source: ChangeSource, redelivery: Redelivery, assembler: Assembler, ports: PumpPorts) {
    this.#source = source;
    this.#redelivery = redelivery;
    this.#assembler = assembler;
    this.#ports = ports;
  }

  /**
   * @param slice   bytes of input after which it comes back, so that another invocation pays for the rest
   * @param target  comes back when all that commits below this LSN is durable; null: a stream is followed for ever, a
   *   poll until it has nothing
   * @throws {ConnectionLostError} what was not durable is delivered again  @throws {ReplicationProblem}
   * @throws {HistoryDiffersError}
   */
  async run(slice: number, target: bigint | null): Promise<PumpEnd> {
    for (let done = 0; done < slice;) {
      const batch = await this.#source.read();
      done += batch.bytes;
      if (batch.messages.length > 0) this.#ports.heard(false); // it may take long until they are logged
      await this.#assemble(batch.messages);
      this.#redelivery.passed(batch.walEnd);
      await this.#flush(this.#assembler.take(batch.idle));
      await this.#repeat();
      const level = batch.idle && this.#assembler.isLevel;
      this.#ports.heard(level);
      const end = this.#assembler.passed > batch.walEnd ? this.#assembler.passed : batch.walEnd;
      const reached = level && (target === null ? this.#source.kind === 'poll' : end >= target);
      if (level) await this.#acknowledgeIdle(end, reached && target !== null);
      if (reached) return 'drained';
    }
    return 'slice';
  }

  /** What committed before a change that cannot be logged is logged, however often that one stops us. */
  async #assemble(messages: readonly PgoutputMessage[]): Promise<void> {
    try {
      for (const message of messages) {
        const fresh = this.#redelivery.accept(message);
        if (fresh) this.#assembler.push(fresh);
      }
    } catch (error) {
      await this.#flush(this.#assembler.take(true));
      throw error;
    }
  }

  /** Acknowledges once more what the slot had not heard of. */
  async #repeat(): Promise<void> {
    if (this.#isRepeated || !this.#redelivery.isProved) return;
    this.#isRepeated = true;
    await this.#source.acknowledge(lsnToBigInt(this.#ports.log.acknowledgeable));
  }

  async #flush(steps: readonly LogStep[]): Promise<void> {
    if (steps.length === 0) return;
    const { log, record, storage, retention, published } = this.#ports;
    let changes = 0;
    let end = 0n;
    for (const step of steps) {
      if (step.do === 'stage') this.#staged += step.body.length;
      if (step.do !== 'publish') continue;
      changes += step.head.changes;
      end = lsnToBigInt(step.head.end);
    }
    const touched = storage.transaction(() => {
      const scopes = log.apply(steps);
      const floor = log.retain(retention);
      if (floor) record.floor = { lsn: floor.lsn, xid: floor.xid.toString() };
      return scopes;
    });
    if (end === 0n) {
      await this.#relieve();
      return;
    }
    await storage.sync();
    this.#staged = 0;
    published(touched, changes); // before the server is told: it may be gone, and then this is not delivered again
    await this.#source.acknowledge(end);
  }

  /**
   * Keeps little that is not on disk. It is not waited for at once: while we wait, the server is not answered, and one
   * that lost patience would deliver the same transaction again and again, to the same place.
   */
  async #relieve(): Promise<void> {
    if (this.#staged < STAGE_SYNC) return;
    if (this.#syncing === null) {
      this.#staged = 0;
      this.#syncing = this.#ports.storage.sync().finally(() => {
        this.#syncing = null;
      });
      this.#syncing.catch(() => undefined); // whoever waits for the next one is told
    } else if (this.#staged >= STAGE_LIMIT) {
      await this.#source.acknowledge(0n); // a sign of life: all of the server's patience is before us
      await this.#syncing;
    }
  }

  /** Lets the server drop WAL in which nothing of ours happened (trap 2); only what is recorded durably first. */
  async #acknowledgeIdle(walEnd: bigint, now: boolean): Promise<void> {
    const { record, now: clock } = this.#ports;
    const known = record.load();
    if (!known || walEnd <= lsnToBigInt(known.acked)) return;
    if (!now && clock() - this.#lastIdle < IDLE_ACK_INTERVAL) return;
    this.#lastIdle = clock();
    await record.save({ ...known, acked: lsnFromBigInt(walEnd) });
    await this.#source.acknowledge(walEnd);
  }
}
