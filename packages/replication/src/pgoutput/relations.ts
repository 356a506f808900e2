import type { Relation } from './messages.ts';

interface Announced {
  readonly relation: Relation;
  /** The later of two announcements has the higher one. */
  readonly order: number;
}

type Layer = Map<number, Announced>;

/**
 * The layouts that the server announced, and to whom.
 *
 * It announces a relation anew within each streamed transaction, as that one sees it: its DDL may not be committed, and
 * others go on with the layout that they were told before, and are not told again. So each streamed transaction has a
 * layer of its own over what holds for all. This follows the server's own book-keeping (`cleanup_rel_sync_cache` in
 * pgoutput.c): a commit makes the layer hold for all; an abort, also of a subtransaction alone, drops it, and the server
 * announces again what the transaction still uses.
 */
export class Relations {
  readonly #shared: Layer = new Map();
  readonly #streams = new Map<number, Layer>();
  #block: Layer | null = null;
  #order = 0;

  /** Within a block of a streamed transaction. */
  get inBlock(): boolean {
    return this.#block !== null;
  }

  announce(relation: Relation): void {
    (this.#block ?? this.#shared).set(relation.id, { relation, order: this.#order++ });
  }

  find(id: number): Relation | undefined {
    return (this.#block?.get(id) ?? this.#shared.get(id))?.relation;
  }

  /** Whether the streamed transaction has begun and not ended. */
  isOpen(xid: number): boolean {
    return this.#streams.has(xid);
  }

  /** Into a block of a streamed transaction, which opens it if it is the first. */
  enter(xid: number): void {
    this.#block = this.#streams.get(xid) ?? new Map<number, Announced>();
    this.#streams.set(xid, this.#block);
  }

  leave(): void {
    this.#block = null;
  }

  /** The streamed transaction committed. */
  promote(xid: number): void {
    for (const [id, announced] of this.#streams.get(xid) ?? []) {
      const shared = this.#shared.get(id);
      // What all were told since then is newer than what this transaction was told.
      if (shared === undefined || shared.order < announced.order) this.#shared.set(id, announced);
    }
    this.#streams.delete(xid);
  }

  /** The streamed transaction was rolled back: as a whole, or a part of it, without which it goes on. */
  forget(xid: number, whole: boolean): void {
    if (whole) this.#streams.delete(xid);
    else this.#streams.get(xid)?.clear();
  }
}
