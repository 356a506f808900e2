import type { SubRun } from '../assemble/steps.ts';
import type { ObjectStorage, SqlValue } from '../storage/object-storage.ts';
import { ownerOf, pieceId } from './tables.ts';

/** Bytes of one piece at most; Durable Objects refuse values of 2 MB. */
const PIECE = 1024 * 1024;

/** Between changes, and between transactions: JSON has no newline of its own. */
const SEPARATOR = ',\n';

const encoder = new TextEncoder();

interface PieceRow extends Record<string, SqlValue> {
  readonly id: number;
  readonly whole: number;
  readonly body: Uint8Array;
}

export interface Owner {
  readonly id: number;
  pieces: number;
  bytes: number;
}

/** Bodies, stored in pieces by owner: a published segment, or a transaction whose commit is not here yet. */
export class Pieces {
  readonly #storage: ObjectStorage;
  readonly #staged = new Map<number, Owner>();
  /** Runs that are being written. */
  readonly #building = new Set<number>();
  #nextOwner: number;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
    const [last] = storage.exec<{ id: number | null }>(`select max(id) as id from piece`);
    this.#nextOwner = last?.id ? ownerOf(last.id) + 1 : 1;
  }

  /** A body in one go, or the rest of a staged one. */
  add(body: string, staged: number | null): Owner {
    const owner = (staged === null ? null : this.#staged.get(staged)) ?? this.#own();
    if (staged !== null) this.#staged.delete(staged);
    if (body !== '') this.#append(owner, body, null);
    return owner;
  }

  /** Part of the body of a transaction that is still open. */
  stage(xid: number, body: string, subs: readonly SubRun[]): void {
    let owner = this.#staged.get(xid);
    if (!owner) this.#staged.set(xid, (owner = this.#own()));
    const isPlain = subs.every(([subxid]) => subxid === xid);
    this.#append(owner, body, isPlain ? null : JSON.stringify(subs));
  }

  /** Begins a body that belongs to no segment yet, until {@link finish}. */
  build(): Owner {
    const owner = this.#own();
    this.#building.add(owner.id);
    return owner;
  }

  extend(owner: Owner, body: string): void {
    this.#append(owner, body, null);
  }

  finish(owner: Owner): void {
    this.#building.delete(owner.id);
  }

  /** Forgets an open transaction, or what one of its subtransactions did. */
  discard(xid: number, subxid: number): void {
    const owner = this.#staged.get(xid);
    if (!owner) return;
    if (xid === subxid) {
      this.remove(owner.id);
      this.#staged.delete(xid);
      return;
    }
    const rows = this.#storage.exec<{ id: number; subs: string }>(
      `select id, subs from piece where id between ? and ? and instr(subs, ?) > 0`,
      pieceId(owner.id, 0),
      pieceId(owner.id, owner.pieces),
      `[${subxid},`,
    );
    for (const { id, subs } of rows) this.#rewrite(owner, id, JSON.parse(subs) as SubRun[], subxid);
  }

  /** After a reconnect, open transactions are delivered again from their start. @param published  owners in use */
  dropStaged(published: ReadonlySet<number>): void {
    this.#staged.clear();
    const owners = this.#storage.exec<{ owner: number }>(`select distinct id / ${pieceId(1, 0)} as owner from piece`);
    for (const { owner } of owners) {
      if (!published.has(owner) && !this.#building.has(owner)) this.remove(owner);
    }
  }

  remove(owner: number): void {
    this.#storage.exec(`delete from piece where id between ? and ?`, pieceId(owner, 0), pieceId(owner + 1, -1));
  }

  /**
   * A body, from piece `first` on, until `limit` bytes are reached and a boundary between changes.
   *
   * @returns the text, and the piece to go on from, or null at the end
   */
  read(owner: number, first: number, limit: number): { body: string; next: number | null } {
    const decoder = new TextDecoder();
    const start = pieceId(owner, 0);
    let body = '';
    let size = 0;
    let from = start + first;
    let isBoundary = true;
    for (;;) {
      const [piece] = this.#storage.exec<PieceRow>(
        `select id, whole, body from piece where id >= ? and id < ? order by id limit 1`,
        from,
        pieceId(owner + 1, 0),
      );
      if (!piece) return { body, next: null };
      if (isBoundary && size > 0) {
        if (size >= limit) return { body, next: piece.id - start };
        body += SEPARATOR;
      }
      size += piece.body.length;
      isBoundary = piece.whole === 1;
      body += decoder.decode(piece.body, { stream: !isBoundary });
      from = piece.id + 1;
    }
  }

  #own(): Owner {
    return { id: this.#nextOwner++, pieces: 0, bytes: 0 };
  }

  #append(owner: Owner, body: string, subs: string | null): void {
    const next = this.#write(owner, pieceId(owner.id, owner.pieces), body, subs);
    owner.pieces = next - pieceId(owner.id, 0);
  }

  /** Leaves out what one subtransaction did of what was staged together from piece `first` on. */
  #rewrite(owner: Owner, first: number, subs: readonly SubRun[], gone: number): void {
    const { body, next } = this.read(owner.id, first - pieceId(owner.id, 0), 1);
    const end = next === null ? pieceId(owner.id + 1, 0) : pieceId(owner.id, next);
    this.#storage.exec(`delete from piece where id >= ? and id < ?`, first, end);
    const lines = body.split(SEPARATOR);
    const kept: string[] = [];
    let at = 0;
    for (const [subxid, count] of subs) {
      if (subxid !== gone) kept.push(...lines.slice(at, at + count));
      at += count;
    }
    owner.bytes -= encoder.encode(body).length;
    if (kept.length === 0) return;
    this.#write(owner, first, kept.join(SEPARATOR), JSON.stringify(subs.filter(([subxid]) => subxid !== gone)));
  }

  /** @returns the id after the last piece */
  #write(owner: Owner, first: number, body: string, subs: string | null): number {
    const bytes = encoder.encode(body);
    owner.bytes += bytes.length;
    let id = first;
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#storage.exec(
        `insert into piece (id, whole, subs, body) values (?, ?, ?, ?)`,
        id++,
        at + PIECE >= bytes.length ? 1 : 0,
        at === 0 ? subs : null,
        bytes.subarray(at, at + PIECE),
      );
    }
    return id;
  }
}
