import type { PgoutputMessage } from '../pgoutput/messages.ts';

/**
 * What of a slot's output is new when it is read again from an older position: whole transactions by the LSN of their
 * commit, in whose order they come, and logical messages outside of transactions by their own.
 *
 * For protocol version 1, in which transactions do not interleave.
 */
export class Delivery {
  #delivered = 0n;
  #open: { readonly commit: bigint; readonly fresh: boolean } | null = null;

  /** Between a begin and its commit. */
  get inTransaction(): boolean {
    return this.#open !== null;
  }

  /** Takes the next message; @returns whether it is new */
  accept(message: PgoutputMessage): boolean {
    switch (message.kind) {
      case 'begin':
        this.#open = { commit: message.finalLsn, fresh: message.finalLsn > this.#delivered };
        return this.#open.fresh;
      case 'commit': {
        const fresh = this.#open?.fresh ?? true;
        if (fresh) this.#delivered = message.commitLsn;
        this.#open = null;
        return fresh;
      }
      case 'message': {
        if (this.#open) return this.#open.fresh;
        if (message.lsn <= this.#delivered) return false;
        this.#delivered = message.lsn;
        return true;
      }
      default:
        return this.#open?.fresh ?? true;
    }
  }
}
