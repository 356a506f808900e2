import type { PgoutputMessage } from '@vibestack/replication';
import { LSN_ZERO, hlcToBigInt, lsnFromBigInt, lsnToBigInt, type Lsn } from '@vibestack/sync-types';
import { decodeBodies } from '../log/bodies.ts';
import type { ChangeLog } from '../log/change-log.ts';

/** The log's last transaction, by what tells it from any other. */
export interface LastLogged {
  readonly lsn: Lsn;
  /** End LSN. */
  readonly end: Lsn;
  /** The lower 32 bits, as the stream has it; null when it was merged with others. */
  readonly xid: number | null;
  /** Not below the clock of its commit. */
  readonly hlc: bigint;
}

/** The server's history is not the one that the log has: it was restored, and has overtaken us since. */
export class HistoryDiffersError extends Error {
  override readonly name = 'HistoryDiffersError';
  constructor() {
    super('The server delivers another history than the one that is logged');
  }
}

export function lastLogged(log: ChangeLog): LastLogged | null {
  const lsn = log.end;
  if (lsn === LSN_ZERO) return null;
  const last = decodeBodies(log.read(lsnFromBigInt(lsnToBigInt(lsn) - 1n), 1)?.bodies ?? []).at(-1);
  if (!last) return null;
  const xid = last.net ? null : Number(BigInt.asUintN(32, BigInt(last.xid)));
  return { lsn, end: log.acknowledgeable, xid, hlc: hlcToBigInt(last.hlc) };
}

/**
 * Lets through what the log does not have yet. A slot that did not hear our last acknowledgement delivers transactions
 * again, and a segment of them and of new ones would be logged whole.
 *
 * It is also what proves that the server has the log's last transaction. One that was restored to before it, and wrote
 * on, tells nothing by its positions or ids, for it has overtaken them; but its slot is older, so it must deliver that
 * transaction again, and cannot.
 */
export class Redelivery {
  readonly #last: LastLogged | null;
  #state: 'due' | 'seen' | 'not due';
  #isSkipping = false;

  /** @param confirmed  where the slot begins to deliver */
  constructor(last: LastLogged | null, confirmed: bigint) {
    this.#last = last;
    this.#state = last !== null && lsnToBigInt(last.end) > confirmed ? 'due' : 'not due';
  }

  /** The log's last transaction was delivered again, so all of the log may be acknowledged (again). */
  get isProved(): boolean {
    return this.#state === 'seen';
  }

  /** @returns what the assembler is to have of it  @throws {HistoryDiffersError} */
  accept(message: PgoutputMessage): PgoutputMessage | null {
    switch (message.kind) {
      case 'begin':
        this.#isSkipping = this.#isKnown(message.finalLsn, message.xid, message.commitTime);
        return this.#isSkipping ? null : message;
      case 'commit': {
        const wasSkipping = this.#isSkipping;
        this.#isSkipping = false;
        return wasSkipping ? null : message;
      }
      case 'stream-commit': {
        const { xid, commitLsn, commitTime } = message;
        return this.#isKnown(commitLsn, xid, commitTime) ? { kind: 'stream-abort', xid, subxid: xid } : message;
      }
      default:
        return this.#isSkipping ? null : message;
    }
  }

  /** Everything that commits below was delivered. @throws {HistoryDiffersError} */
  passed(walEnd: bigint): void {
    if (this.#state === 'due' && this.#last && lsnFromBigInt(walEnd) > this.#last.lsn) throw new HistoryDiffersError();
  }

  #isKnown(commitLsn: bigint, xid: number, commitTime: bigint): boolean {
    if (this.#last === null) return false;
    const lsn = lsnFromBigInt(commitLsn);
    if (lsn === this.#last.lsn) {
      const isSame = this.#last.xid === null || this.#last.xid === xid;
      // Replayed by the same clients, even positions and ids may be the same; time is not.
      if (!isSame || (commitTime / 1000n) << 16n > this.#last.hlc) throw new HistoryDiffersError();
      if (this.#state === 'due') this.#state = 'seen';
    }
    if (lsn > this.#last.lsn) this.passed(commitLsn);
    return lsn <= this.#last.lsn;
  }
}
