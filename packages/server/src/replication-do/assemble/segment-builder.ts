import { lsnFromBigInt, type Lsn, type ScopeKey } from '@vibestack/sync-types';
import type { OpenTransaction } from './open-transaction.ts';
import { SCOPE_ALL, type Marker, type SegmentHead } from './steps.ts';

/** Scopes above which a segment counts as touching everybody. */
const MAX_SCOPES = 4000;

/** Gathers whole transactions until they are a segment. */
export class SegmentBuilder {
  #texts: string[] = [];
  #size = 0;
  #from: Lsn | null = null;
  #to: Lsn | null = null;
  #end = 0n;
  #minXid = 0n;
  #maxXid = 0n;
  #changes = 0;
  #scopes = new Set<ScopeKey>();
  #tables = new Set<string>();
  #markers: Marker[] = [];

  get isEmpty(): boolean {
    return this.#from === null;
  }

  /** Characters of the transactions gathered. */
  get size(): number {
    return this.#size;
  }

  add(open: OpenTransaction, lsn: Lsn, end: bigint, text: string): void {
    const { fullXid } = open;
    if (this.#from === null) {
      this.#from = lsn;
      this.#minXid = fullXid;
      this.#maxXid = fullXid;
    }
    if (fullXid < this.#minXid) this.#minXid = fullXid;
    if (fullXid > this.#maxXid) this.#maxXid = fullXid;
    this.#to = lsn;
    this.#end = end;
    this.#changes += open.changes;
    for (const scope of open.scopes) {
      this.#scopes.add(this.#scopes.size < MAX_SCOPES ? scope : SCOPE_ALL);
    }
    for (const table of open.tables) this.#tables.add(table);
    this.#markers.push(...open.markers);
    this.#texts.push(text);
    this.#size += text.length + 2;
  }

  /** @returns null when nothing was gathered */
  take(): { head: SegmentHead; body: string } | null {
    if (this.#from === null || this.#to === null) return null;
    const head: SegmentHead = {
      from: this.#from,
      to: this.#to,
      end: lsnFromBigInt(this.#end),
      minXid: this.#minXid,
      maxXid: this.#maxXid,
      scopes: this.#scopes,
      tables: this.#tables,
      markers: this.#markers,
      changes: this.#changes,
      transaction: null,
    };
    const body = this.#texts.join(',\n');
    this.#texts = [];
    this.#size = 0;
    this.#from = null;
    this.#to = null;
    this.#changes = 0;
    this.#scopes = new Set();
    this.#tables = new Set();
    this.#markers = [];
    return { head, body };
  }

  /** The head of a segment that is one transaction. */
  alone(open: OpenTransaction, lsn: Lsn, end: bigint, transaction: string): SegmentHead {
    return {
      from: lsn,
      to: lsn,
      end: lsnFromBigInt(end),
      minXid: open.fullXid,
      maxXid: open.fullXid,
      scopes: open.scopes,
      tables: open.tables,
      markers: open.markers,
      changes: open.changes,
      transaction,
    };
  }
}
