import { ConnectionLostError, PgError, ProtocolError } from '../errors.ts';
import { formatLsn, parseLsn } from '../lsn.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import type { ChangeSource, SourceBatch, SourceOptions } from './change-source.ts';
import { Delivery } from './delivery.ts';
import { beginPeeking, peek, type PeekPiece, type PeekProgress } from './peek.ts';
import { advanceSlot } from './slot.ts';

/**
 * Reads changes by peeking into the slot, one statement after another: for databases to which no stream should be held
 * open, because it would keep them awake, or where only SQL passes.
 *
 * @param sql  belongs to the source from now on, which closes it
 */
export const openPoll = (sql: SqlPort, options: SourceOptions): ChangeSource => new PollSource(sql, options);

/** A peek that is being read, and the server's flush position before it began. */
interface Peeking {
  readonly pieces: AsyncGenerator<PeekPiece, void, undefined>;
  readonly flushed: bigint;
}

/**
 * Once a read threw, the source is done for: what had been decoded with it was not handed over. What is acknowledged
 * while a peek is being read, or in the middle of a transaction, is sent when that is over: the connection is busy until
 * then, and an offset into the slot's output holds only as long as the slot does not move.
 */
class PollSource implements ChangeSource {
  readonly kind = 'poll';
  readonly #sql: SqlPort;
  readonly #options: SourceOptions;
  readonly #delivery = new Delivery();
  #progress: PeekProgress | null = null;
  #peeking: Peeking | null = null;
  /** The flush position up to which all was handed over. */
  #drained = 0n;
  /** The highest that the slot can have been moved to by us; null until it was seen. */
  #confirmed: bigint | null = null;
  /** Acknowledged and not sent yet. */
  #held = 0n;
  /** A statement is under way. */
  #busy = false;
  #failure: Error | null = null;

  constructor(sql: SqlPort, options: SourceOptions) {
    this.#sql = sql;
    this.#options = options;
  }

  async read(): Promise<SourceBatch> {
    return this.#exclusive(async () => {
      if (this.#peeking === null) {
        if (!this.#delivery.inTransaction) await this.#sendHeld();
        const { flushed, confirmed } = await this.#look();
        if (flushed === this.#drained) return { messages: [], bytes: 0, idle: true, walEnd: flushed };
        this.#peeking = { flushed, pieces: this.#peekFrom(confirmed) };
      }
      const { flushed, pieces } = this.#peeking;
      const { value: piece } = await pieces.next();
      if (!piece) throw new ProtocolError('A peek ended without saying how');
      const { messages, bytes, end } = piece;
      if (end !== null) this.#peeking = null;
      if (end !== 'drained') return { messages, bytes, idle: false, walEnd: 0n };
      this.#drained = flushed;
      return { messages, bytes, idle: true, walEnd: flushed };
    });
  }

  async acknowledge(lsn: bigint): Promise<void> {
    if (lsn > this.#held) this.#held = lsn;
    if (this.#busy || this.#peeking !== null || this.#delivery.inTransaction) return;
    await this.#exclusive(() => this.#sendHeld());
  }

  async probe(): Promise<void> {
    if (this.#busy || this.#peeking !== null) return; // the statement under way will tell
    await this.#exclusive(() => this.#sql.query('select 1'));
  }

  async close(): Promise<void> {
    if (this.#failure === null && !this.#busy) await this.#finish().catch(() => undefined); // it is delivered again
    this.#failure ??= new ConnectionLostError('The change source was closed here');
    await this.#sql.close();
  }

  /** What was acknowledged and had to wait is sent after all. */
  async #finish(): Promise<void> {
    await this.#peeking?.pieces.return();
    await this.#sendHeld();
  }

  /** Where the server and the slot are. What would go wrong silently is an error here. */
  async #look(): Promise<{ flushed: bigint; confirmed: bigint }> {
    const { slot, publication } = this.#options;
    const [row] = await this.#sql.query(
      `select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end)::text,
              (select confirmed_flush_lsn from pg_replication_slots where slot_name = $1)::text,
              exists (select from pg_publication where pubname = $2)::text`,
      [slot, publication],
    );
    const [flushed, position, published] = row ?? [];
    // As Postgres itself says it, save that since version 18 a missing publication is a warning, and its changes lost.
    if (!position) throw missing(`replication slot "${slot}" does not exist`);
    if (published !== 'true') throw missing(`publication "${publication}" does not exist`);
    const confirmed = parseLsn(position);
    this.#confirmed ??= confirmed;
    if (confirmed > this.#confirmed) {
      throw new ProtocolError(
        `Slot ${slot} was moved to ${formatLsn(confirmed)} by someone else. Nothing else may read it; what was between is lost.`,
      );
    }
    return { flushed: parseLsn(flushed ?? ''), confirmed };
  }

  #peekFrom(confirmed: bigint): AsyncGenerator<PeekPiece, void, undefined> {
    if (this.#progress?.confirmed !== confirmed) {
      // A crashed server may have forgotten how far the slot was moved.
      if (this.#delivery.inTransaction) {
        throw new ProtocolError('The slot moved while a transaction was being read. Open the source again.');
      }
      this.#progress = beginPeeking(confirmed);
    }
    return peek(this.#sql, this.#options, this.#progress, this.#delivery);
  }

  async #sendHeld(): Promise<void> {
    const lsn = this.#held;
    if (lsn === 0n || (this.#confirmed !== null && lsn <= this.#confirmed)) return;
    await advanceSlot(this.#sql, this.#options.slot, lsn);
    if (this.#confirmed !== null) this.#confirmed = lsn;
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#check();
    if (this.#busy) throw new Error('A change source has one reader');
    this.#busy = true;
    try {
      const result = await work();
      this.#check(); // closed meanwhile
      return result;
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#busy = false;
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
  }

  #fail(error: unknown): Error {
    this.#failure ??=
      error instanceof Error ? error : new ConnectionLostError('The change source failed', { cause: error });
    return this.#failure;
  }
}

const missing = (message: string): PgError => new PgError({ severity: 'ERROR', sqlstate: '42704', message });
