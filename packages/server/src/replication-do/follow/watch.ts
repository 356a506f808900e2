import { ConnectionLostError, readPublication, readSlot } from '@vibestack/replication';
import { ReplicationProblem } from '../problems.ts';
import type { SlotLag } from '../status.ts';
import { takeFence, type Attachment } from './attach.ts';
import { isSamePublication } from './continuity.ts';
import type { FollowerPorts } from './follower.ts';
import { identityOf } from './publication.ts';

/** Milliseconds of silence after which the server is asked for a sign of life, and then given up. */
export const SILENCE = 20_000;
/** Between two new fencing tokens: a server that is restored to before one does not know it. */
const FENCE_INTERVAL = 600_000;

/** Looks after one attachment: is the server still there, is the slot well, how far are we behind. */
export class Watch {
  readonly #attachment: Attachment;
  readonly #ports: FollowerPorts;
  #heardAt: number;
  #levelAt: number;
  #isLevel = false;
  /** Since when an answer is waited for: of the stream, and of the connection beside it. */
  #probedAt: number | null = null;
  #askedAt: number | null = null;
  /** A poll was waited for when we looked last, and still had not come. */
  #isLate = false;
  #fencedAt: number;
  #lag: SlotLag | null = null;

  constructor(attachment: Attachment, ports: FollowerPorts) {
    this.#attachment = attachment;
    this.#ports = ports;
    this.#heardAt = ports.now();
    this.#levelAt = ports.now();
    this.#fencedAt = ports.now();
  }

  get lag(): SlotLag | null {
    return this.#lag;
  }

  /** An answer is due. */
  get isWaiting(): boolean {
    return this.#probedAt !== null || this.#askedAt !== null;
  }

  /** Something came from the server. @param isLevel  and nothing more is there */
  heard(isLevel: boolean): void {
    this.#heardAt = this.#ports.now();
    this.#isLevel = isLevel;
    if (isLevel) this.#levelAt = this.#heardAt;
    this.#probedAt = null;
    this.#isLate = false;
  }

  /**
   * Asks for signs of life, and what became of those that were asked for before.
   *
   * @param isReading  an answer of the source is waited for
   * @throws {ConnectionLostError} the other side is silent: a black hole sends no reset
   * @throws {ReplicationProblem} the publication is not the one that the stream began with
   */
  async look(isReading: boolean): Promise<void> {
    const { now } = this.#ports;
    const { source } = this.#attachment;
    const waits = Math.min(this.#probedAt ?? Infinity, this.#askedAt ?? Infinity);
    if (now() - waits >= SILENCE) throw new ConnectionLostError('The server does not answer any more');
    if (this.isWaiting) return;
    this.#askedAt = now();
    if (source.kind === 'stream' && now() - this.#heardAt >= SILENCE) {
      this.#probedAt = now();
      await source.probe();
    }
    await this.#ask(isReading);
    this.#askedAt = null;
  }

  async #ask(isReading: boolean): Promise<void> {
    const { slot, publication, record, random, now } = this.#ports;
    const { sql, source } = this.#attachment;
    const isSilent = now() - this.#heardAt >= SILENCE;
    const state = await readSlot(sql, slot);
    const published = await readPublication(sql, publication);
    const recorded = record.load();
    if (state === null || recorded === null) throw new ConnectionLostError('The slot is gone');
    // A poll has a connection of its own; a peek, however long it takes, holds the slot.
    if (source.kind === 'poll' && isReading && isSilent && state.activePid === null) {
      if (this.#isLate) throw new ConnectionLostError('The answer of a poll does not come');
      this.#isLate = true;
    }
    if (published === null || !isSamePublication(recorded.publication, identityOf(published))) {
      throw new ReplicationProblem(
        'publication_wrong',
        `Publication ${publication}, or a table of it, was dropped or made anew.`,
        'History begins anew, and clients download again.',
      );
    }
    this.#lag = {
      bytes: Math.max(0, Number(state.lagBytes)),
      restartBytes: state.restartLagBytes === null ? null : Math.max(0, Number(state.restartLagBytes)),
      seconds: this.#isLevel ? 0 : Math.round((now() - this.#levelAt) / 1000),
      walStatus: state.walStatus,
      at: now(),
    };
    if (now() - this.#fencedAt < FENCE_INTERVAL) return;
    this.#fencedAt = now();
    await takeFence(sql, { slot, record, random });
  }
}
