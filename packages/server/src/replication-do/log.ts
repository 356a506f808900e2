import type { LogTransaction } from '@vibestack/sync-core';
import { LSN_ZERO, type Lsn, type ScopeKey } from '@vibestack/sync-types';
import type { Run } from './assembler.ts';

/** Bytes of a body in one SQLite row; Durable Objects refuse values of 2 MB. */
const PIECE = 1024 * 1024;

/** A page of the log: transactions with `from < lsn <= to`, whole ones only. */
export interface LogPage {
  readonly to: Lsn;
  /** JSON: one array of `LogTransaction` per segment, oldest first; see {@link decodeBodies}. */
  readonly bodies: readonly string[];
  readonly more: boolean;
}

/**
 * The change log: append-only segments in a Durable Object's SQLite, one row per flush.
 *
 * A segment that ends inside a transaction is staged: nobody reads it before the segment with that transaction's end
 * is there. So the end of the log is the last complete segment, and no other record of it exists that could disagree.
 */
export class ChangeLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      create table if not exists segment (
        seq integer not null, piece integer not null, from_lsn text not null, to_lsn text not null,
        complete integer not null, end_lsn text not null, min_xid text not null, max_xid text not null,
        tables text not null, bytes integer not null, body blob not null,
        primary key (seq, piece)) without rowid;
      create index if not exists segment_to on segment (to_lsn) where piece = 0;
      create table if not exists marker (nonce text primary key, lsn text not null, content text not null) without rowid;
    `);
  }

  /** Commit LSN of the last whole transaction; `LSN_ZERO` when there is none. */
  get durable(): Lsn {
    const sql = `select to_lsn from segment where complete = 1 and piece = 0 order by seq desc limit 1`;
    return (this.#sql.exec<{ to_lsn: string }>(sql).toArray()[0]?.to_lsn as Lsn | undefined) ?? LSN_ZERO;
  }

  /** Bytes of all bodies. */
  get bytes(): number {
    return this.#sql.exec<{ n: number }>(`select coalesce(sum(bytes), 0) as n from segment where piece = 0`).one().n;
  }

  /** Appends a run; durable only after the caller has awaited `storage.sync()`. */
  append(run: Run): void {
    const body = new TextEncoder().encode(run.body);
    const last = this.#sql.exec<{ seq: number }>(`select coalesce(max(seq), 0) as seq from segment`).one().seq;
    for (let piece = 0, at = 0; at < body.length; piece++, at += PIECE) {
      this.#sql.exec(
        `insert into segment values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        last + 1,
        piece,
        run.from,
        run.to,
        run.complete ? 1 : 0,
        run.end.toString(16).padStart(16, '0'),
        xidText(run.minXid),
        xidText(run.maxXid),
        JSON.stringify([...run.tables]),
        body.length,
        body.slice(at, at + PIECE),
      );
    }
    for (const { nonce, content } of run.markers) {
      this.#sql.exec(`insert or replace into marker values (?, ?, ?)`, nonce, run.to, content);
    }
  }

  /** Forgets staged parts of a transaction whose end never came: after a reconnect it is delivered again from its start. */
  dropStaged(): void {
    const durable = this.durable;
    this.#sql.exec(`delete from segment where to_lsn > ?`, durable);
    this.#sql.exec(`delete from marker where lsn > ?`, durable);
  }

  clear(): void {
    this.#sql.exec(`delete from segment`);
    this.#sql.exec(`delete from marker`);
  }

  /**
   * @param from   transactions after this LSN
   * @param limit  bytes of body, exceeded by at most one segment or one transaction
   */
  read(from: Lsn, limit: number): LogPage {
    const durable = this.durable;
    const heads = this.#sql.exec<{ seq: number; to_lsn: string; complete: number; bytes: number }>(
      `select seq, to_lsn, complete, bytes from segment where piece = 0 and to_lsn > ? and to_lsn <= ? order by seq`,
      from,
      durable,
    );
    const bodies: string[] = [];
    let to: Lsn = from;
    let size = 0;
    for (const head of heads) {
      if (size >= limit && to !== from) return { to, bodies, more: true };
      bodies.push(this.#body(head.seq));
      size += head.bytes;
      if (head.complete) to = head.to_lsn as Lsn;
    }
    return { to: durable > from ? durable : from, bodies, more: false };
  }

  /** Bodies of the segments up to `to` that may hold a transaction which a snapshot with this `xmin` does not see. */
  readUnseen(xmin: bigint, to: Lsn): string[] {
    return this.#bodies(`max_xid >= ? and to_lsn <= ?`, xidText(xmin), to);
  }

  /** Bodies of the segments after `from` in which one of these tables changes. */
  readTables(from: Lsn, tables: readonly string[]): string[] {
    const any = tables.map(() => `instr(tables, ?) > 0`).join(' or ');
    if (!any) return [];
    return this.#bodies(`to_lsn > ? and (${any})`, from, ...tables.map((table) => JSON.stringify(table)));
  }

  /** Where a snapshot's marker committed, and what it says. */
  marker(nonce: string): { lsn: Lsn; content: string } | null {
    const sql = `select lsn, content from marker where nonce = ? and lsn <= ?`;
    const row = this.#sql.exec<{ lsn: string; content: string }>(sql, nonce, this.durable).toArray()[0];
    return row ? { lsn: row.lsn as Lsn, content: row.content } : null;
  }

  /**
   * Drops the oldest complete segments above `keep` bytes, never the newest.
   *
   * @returns the new floor: the LSN up to which history is gone, and the highest transaction id in it
   */
  retain(keep: number): { lsn: Lsn; xid: bigint } | null {
    let excess = this.bytes - keep;
    if (excess <= 0) return null;
    const newest = this.durable;
    let floor: { lsn: Lsn; xid: bigint } | null = null;
    let highest = 0n;
    const heads = this.#sql
      .exec<{ seq: number; to_lsn: string; complete: number; bytes: number; max_xid: string }>(
        `select seq, to_lsn, complete, bytes, max_xid from segment where piece = 0 and to_lsn < ? order by seq`,
        newest,
      )
      .toArray();
    let through = 0;
    for (const head of heads) {
      if (excess <= 0 && floor !== null) break;
      excess -= head.bytes;
      const xid = BigInt(head.max_xid);
      if (xid > highest) highest = xid;
      if (!head.complete) continue;
      floor = { lsn: head.to_lsn as Lsn, xid: highest };
      through = head.seq;
    }
    if (floor === null) return null;
    this.#sql.exec(`delete from segment where seq <= ?`, through);
    this.#sql.exec(`delete from marker where lsn <= ?`, floor.lsn);
    return floor;
  }

  #bodies(where: string, ...bindings: string[]): string[] {
    const sql = `select seq from segment where piece = 0 and to_lsn <= ? and ${where} order by seq`;
    const rows = this.#sql.exec<{ seq: number }>(sql, this.durable, ...bindings).toArray();
    return rows.map(({ seq }) => this.#body(seq));
  }

  #body(seq: number): string {
    const pieces = this.#sql
      .exec<{ body: ArrayBuffer }>(`select body from segment where seq = ? order by piece`, seq)
      .toArray();
    const decoder = new TextDecoder();
    return pieces.map(({ body }) => decoder.decode(body, { stream: true })).join('') + decoder.decode();
  }
}

const xidText = (xid: bigint): string => xid.toString().padStart(20, '0');

/** Parses bodies and joins the parts of a transaction that was cut over several segments. */
export function decodeBodies(bodies: readonly string[]): LogTransaction[] {
  const out: LogTransaction[] = [];
  for (const body of bodies) {
    for (const part of JSON.parse(body) as LogTransaction[]) {
      const last = out.at(-1);
      if (last?.lsn === part.lsn) {
        out[out.length - 1] = { ...part, changes: [...last.changes, ...part.changes] };
      } else out.push(part);
    }
  }
  return out;
}

/** The scopes that a run touches, as far as subscribers are concerned. */
export const touchedScopes = (runs: readonly Run[]): ReadonlySet<ScopeKey> =>
  new Set(runs.flatMap((run) => [...run.scopes]));
