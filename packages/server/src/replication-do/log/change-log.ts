import type { LogTransaction } from '@vibestack/sync-core';
import { LSN_ZERO, type Lsn, type ScopeKey } from '@vibestack/sync-types';
import { SCOPE_ALL, type LogStep, type SegmentHead } from '../assemble/steps.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { bodyText, decodeBodies, type LogPage } from './bodies.ts';
import { Pieces } from './pieces.ts';
import { RunWriter } from './run-writer.ts';
import { segmentOf, xidText, type Segment, type SegmentRow } from './segments.ts';
import { createLogTables } from './tables.ts';

/** What the log holds, in figures. */
export interface LogSize {
  readonly bytes: number;
  readonly segments: number;
  /** Bytes of segments that were not compacted. */
  readonly rawBytes: number;
}

/** Which segments a reader needs; what else is in them comes along. */
export interface LogFilter {
  /**
   * Those that touch one of these. A page then ends behind a segment that touches everybody: who belongs where may have
   * changed in it, and with it what the reader needs of the next.
   */
  readonly scopes?: ReadonlySet<ScopeKey>;
  /** Those that may hold a transaction which a snapshot with this `xmin` does not see (SEMANTICS 3.2). */
  readonly xmin?: bigint;
  /** Those up to here. */
  readonly until?: Lsn;
}

const EVERYBODY = JSON.stringify([SCOPE_ALL]);

/** Bytes that are parsed at a time while looking for changes. */
const SCAN = 1024 * 1024;

/**
 * The change log: append-only segments, each one or more whole transactions, with a directory of what they touch.
 *
 * A transaction is staged in pieces that nobody reads, and becomes part of history by its segment's entry. So the end
 * of the log is its last segment, and no other record of it exists that could disagree.
 */
export class ChangeLog {
  readonly #storage: ObjectStorage;
  readonly #pieces: Pieces;
  #durable: Lsn | null = null;
  #size: { bytes: number; segments: number; rawBytes: number } | null = null;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
    createLogTables(storage);
    this.#pieces = new Pieces(storage);
  }

  /** Commit LSN of the last transaction; `LSN_ZERO` when there is none. */
  get end(): Lsn {
    if (this.#durable === null) {
      const [last] = this.#storage.exec<{ to_lsn: string }>(`select to_lsn from segment order by to_lsn desc limit 1`);
      this.#durable = (last?.to_lsn ?? LSN_ZERO) as Lsn;
    }
    return this.#durable;
  }

  /** End LSN of the last transaction: with the segment, it is recorded before it is acknowledged. */
  get acknowledgeable(): Lsn {
    const [last] = this.#storage.exec<{ end_lsn: string }>(`select end_lsn from segment order by to_lsn desc limit 1`);
    return (last?.end_lsn ?? LSN_ZERO) as Lsn;
  }

  /** The highest transaction id of the newest segment; null when there is none. */
  get newestXid(): bigint | null {
    const [last] = this.#storage.exec<{ max_xid: string }>(`select max_xid from segment order by to_lsn desc limit 1`);
    return last ? BigInt(last.max_xid) : null;
  }

  get size(): LogSize {
    this.#size ??= this.#storage.exec<{ bytes: number; segments: number; rawBytes: number }>(
      `select coalesce(sum(bytes), 0) as bytes, count(*) as segments,
              coalesce(sum(case when net = 0 then bytes end), 0) as rawBytes from segment`,
    )[0] ?? { bytes: 0, segments: 0, rawBytes: 0 };
    return { ...this.#size };
  }

  /**
   * Does what the assembler says; durable only after the caller has awaited `storage.sync()`.
   *
   * @returns scopes of the segments that are new. One whose commit the log has already, because it was not
   *   acknowledged before a crash, is not written again (SEMANTICS 2.2).
   */
  apply(steps: readonly LogStep[]): ReadonlySet<ScopeKey> {
    const touched = new Set<ScopeKey>();
    for (const step of steps) {
      switch (step.do) {
        case 'stage':
          this.#pieces.stage(step.xid, step.body, step.subs);
          break;
        case 'discard':
          this.#pieces.discard(step.xid, step.subxid);
          break;
        case 'publish': {
          const { head, body, staged } = step;
          if (head.to <= this.end) {
            if (staged !== null) this.#pieces.discard(staged, staged);
            break;
          }
          this.#publish(head, this.#pieces.add(body, staged));
          for (const scope of head.scopes) touched.add(scope);
          break;
        }
        default:
          step satisfies never;
      }
    }
    return touched;
  }

  /** Forgets what the caller's transaction rolled back, or another instance may have changed. */
  refresh(): void {
    this.#durable = null;
    this.#size = null;
  }

  /** Forgets staged parts of transactions: after a reconnect they are delivered again from their start. */
  dropStaged(): void {
    const owners = this.#storage.exec<{ owner: number }>(`select owner from segment`).map(({ owner }) => owner);
    this.#pieces.dropStaged(new Set(owners));
  }

  clear(): void {
    for (const table of ['segment', 'piece', 'marker']) this.#storage.exec(`delete from ${table}`);
    this.#pieces.dropStaged(new Set());
    this.refresh();
  }

  /**
   * A page of history.
   *
   * @param from    transactions after this LSN
   * @param limit   bytes of body, exceeded by at most one piece
   * @param within  to go on inside a segment, as the page before said
   * @returns null when a compacted segment is in the way of {@link LogFilter.xmin}
   */
  read(from: Lsn, limit: number, within: number | null = null, filter: LogFilter = {}): LogPage | null {
    const bodies: string[] = [];
    let to = from;
    let size = 0;
    let first = within ?? 0;
    for (;;) {
      const segment = this.#after(to);
      if (!segment || (filter.until !== undefined && segment.to_lsn > filter.until)) {
        return { to, bodies, more: false, within: null };
      }
      if (size >= limit) return { to, bodies, more: true, within: null };
      if (first > 0 || concerns(segment, filter)) {
        if (filter.xmin !== undefined && segment.net === 1) return null;
        const { body, next } = this.#pieces.read(segment.owner, first, limit - size);
        bodies.push(bodyText(segment.head, body));
        size += body.length;
        if (next !== null) return { to, bodies, more: true, within: next };
        if (filter.scopes !== undefined && segment.scopes === EVERYBODY) {
          return { to: segment.to_lsn as Lsn, bodies, more: true, within: null };
        }
      }
      first = 0;
      to = segment.to_lsn as Lsn;
    }
  }

  /** All changes of these tables after `from`, by transaction. */
  changesOf(from: Lsn, tables: ReadonlySet<string>): LogTransaction[] {
    const out: LogTransaction[] = [];
    for (const segment of this.#where(`to_lsn > ?`, from)) {
      if (!(JSON.parse(segment.tables) as string[]).some((table) => tables.has(table))) continue;
      for (let next: number | null = 0; next !== null;) {
        const read = this.#pieces.read(segment.owner, next, SCAN);
        for (const transaction of decodeBodies([bodyText(segment.head, read.body)])) {
          const changes = transaction.changes.filter(({ t }) => tables.has(t));
          if (changes.length > 0 && transaction.lsn > from) out.push({ ...transaction, changes });
        }
        next = read.next;
      }
    }
    return out;
  }

  /** Where a snapshot's marker committed, and what it says. */
  marker(nonce: string): { lsn: Lsn; content: string } | null {
    const sql = `select lsn, content from marker where nonce = ? and lsn <= ?`;
    const [row] = this.#storage.exec<{ lsn: string; content: string }>(sql, nonce, this.end);
    return row ? { lsn: row.lsn as Lsn, content: row.content } : null;
  }

  /**
   * Drops the oldest segments above `keep` bytes, never the newest.
   *
   * @returns the new floor: the LSN up to which history is gone, and the highest transaction id in it
   */
  retain(keep: number): { lsn: Lsn; xid: bigint } | null {
    let excess = this.size.bytes - keep;
    if (excess <= 0) return null;
    let floor: { lsn: Lsn; xid: bigint } | null = null;
    for (const segment of this.#where(`to_lsn < ?`, this.end)) {
      if (excess <= 0) break;
      excess -= segment.bytes;
      const xid = BigInt(segment.max_xid);
      floor = { lsn: segment.to_lsn as Lsn, xid: floor && floor.xid > xid ? floor.xid : xid };
      this.#pieces.remove(segment.owner);
      this.#storage.exec(`delete from segment where to_lsn = ?`, segment.to_lsn);
    }
    if (floor === null) return null;
    this.#storage.exec(`delete from marker where lsn <= ?`, floor.lsn);
    this.#size = null;
    return floor;
  }

  /** Net runs, oldest first. */
  runs(): readonly Segment[] {
    return this.#where('net = 1').map(segmentOf);
  }

  /** Raw segments after an LSN, oldest first, as many as `bytes` hold and at least one. */
  rawAfter(lsn: Lsn, bytes: number): readonly Segment[] {
    const sql = `select to_lsn, owner, bytes, net, head from (
        select *, sum(bytes) over (order by to_lsn) as total from segment where to_lsn > ? and net = 0)
      where total - bytes <= ? order by to_lsn`;
    return this.#storage.exec<SegmentRow>(sql, lsn, bytes).map(segmentOf);
  }

  /** Bytes of what came after an LSN. */
  bytesAfter(lsn: Lsn): number {
    const sql = `select coalesce(sum(bytes), 0) as n from segment where to_lsn > ?`;
    return this.#storage.exec<{ n: number }>(sql, lsn)[0]?.n ?? 0;
  }

  /** Whether nothing lies between two segments. */
  areNeighbours(earlier: Segment, later: Segment): boolean {
    const sql = `select 1 as n from segment where to_lsn > ? and to_lsn < ? limit 1`;
    return this.#storage.exec(sql, earlier.to, later.to).length === 0;
  }

  /** A segment's body, in parts of about `limit` bytes that end between changes. */
  *bodies({ owner }: Segment, limit: number): Generator<string> {
    for (let next: number | null = 0; next !== null;) {
      const read = this.#pieces.read(owner, next, limit);
      yield read.body;
      next = read.next;
    }
  }

  /** Begins a net run, to take the place of some segments. */
  writeRun(): RunWriter {
    return new RunWriter(this.#storage, this.#pieces, () => {
      this.#size = null;
    });
  }

  #publish(head: SegmentHead, owner: { id: number; pieces: number; bytes: number }): void {
    this.#storage.exec(
      `insert into segment values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
      head.to,
      head.from,
      head.end,
      xidText(head.minXid),
      xidText(head.maxXid),
      owner.id,
      owner.pieces,
      owner.bytes,
      head.changes,
      head.transaction,
      JSON.stringify(head.scopes.has(SCOPE_ALL) ? [SCOPE_ALL] : [...head.scopes]),
      JSON.stringify([...head.tables]),
    );
    for (const { nonce, content } of head.markers) {
      this.#storage.exec(`insert or replace into marker values (?, ?, ?)`, nonce, head.to, content);
    }
    this.#durable = head.to;
    if (this.#size) {
      this.#size.bytes += owner.bytes;
      this.#size.rawBytes += owner.bytes;
      this.#size.segments++;
    }
  }

  #after(lsn: Lsn): SegmentRow | undefined {
    return this.#storage.exec<SegmentRow>(`select * from segment where to_lsn > ? order by to_lsn limit 1`, lsn)[0];
  }

  #where(condition: string, ...bindings: string[]): readonly SegmentRow[] {
    return this.#storage.exec<SegmentRow>(`select * from segment where ${condition} order by to_lsn`, ...bindings);
  }
}

/** Whether a segment may hold what a filter asks for, by its directory entry. */
function concerns(segment: SegmentRow, { scopes, xmin }: LogFilter): boolean {
  if (xmin !== undefined && segment.max_xid < xidText(xmin)) return false;
  if (scopes === undefined) return true;
  if (segment.scopes === EVERYBODY) return true;
  return (JSON.parse(segment.scopes) as ScopeKey[]).some((scope) => scopes.has(scope));
}
