import type { Lsn, ScopeKey } from '@vibestack/sync-types';
import { SCOPE_ALL, type Marker, type SubRun } from './steps.ts';

/** Scopes of one transaction above which it counts as touching everybody: a directory must stay small. */
const MAX_SCOPES = 2000;

/** A transaction on its way: its changes so far, or those since the last ones were staged. */
export class OpenTransaction {
  readonly xid: number;
  readonly fullXid: bigint;
  /** Greatest clock that a reader must advance past. */
  hlc: bigint;
  /** Known from the start, or at its commit when it is streamed. */
  lsn: Lsn | null;
  /** Part of it is staged. */
  staged = false;
  changes = 0;
  readonly tables = new Set<string>();
  #scopes = new Set<ScopeKey>();
  #texts: string[] = [];
  #subs: number[] = [];
  #size = 0;
  #markers: (Marker & { readonly subxid: number })[] = [];

  constructor(xid: number, fullXid: bigint, hlc: bigint, lsn: Lsn | null) {
    this.xid = xid;
    this.fullXid = fullXid;
    this.hlc = hlc;
    this.lsn = lsn;
  }

  /** Characters that wait in memory. */
  get size(): number {
    return this.#size;
  }

  /** Nothing in it concerns us. */
  get isEmpty(): boolean {
    return this.changes === 0 && this.#markers.length === 0;
  }

  get scopes(): ReadonlySet<ScopeKey> {
    return this.#scopes;
  }

  get markers(): readonly Marker[] {
    return this.#markers.map(({ nonce, content }) => ({ nonce, content }));
  }

  add(text: string, subxid: number): void {
    this.#texts.push(text);
    this.#subs.push(subxid);
    this.#size += text.length + 2;
    this.changes++;
  }

  touch(scope: ScopeKey): void {
    if (this.#scopes.size < MAX_SCOPES) this.#scopes.add(scope);
    else if (!this.#scopes.has(scope)) this.#scopes.add(SCOPE_ALL);
  }

  mark(marker: Marker, subxid: number): void {
    this.#markers.push({ ...marker, subxid });
  }

  /** Forgets what a subtransaction that was rolled back has in memory; what is staged is the log's to forget. */
  discard(subxid: number): void {
    this.#markers = this.#markers.filter((marker) => marker.subxid !== subxid);
    if (!this.#subs.includes(subxid)) return;
    const keep = this.#subs.map((sub) => sub !== subxid);
    this.#texts = this.#texts.filter((_, i) => keep[i]);
    this.#subs = this.#subs.filter((_, i) => keep[i]);
    this.#size = this.#texts.reduce((size, { length }) => size + length + 2, 0);
  }

  /** Hands over the changes in memory, and forgets them. */
  take(): { body: string; subs: SubRun[] } {
    const subs: [number, number][] = [];
    for (const sub of this.#subs) {
      const last = subs.at(-1);
      if (last?.[0] === sub) last[1]++;
      else subs.push([sub, 1]);
    }
    const body = this.#texts.join(',\n');
    this.#texts = [];
    this.#subs = [];
    this.#size = 0;
    return { body, subs };
  }
}
