import type { ObjectStorage } from '../storage/object-storage.ts';
import type { Owner, Pieces } from './pieces.ts';
import type { Segment, SegmentRow } from './segments.ts';

/** Writes a net run in pieces that nobody reads until it takes the place of the segments that it is made of. */
export class RunWriter {
  readonly #storage: ObjectStorage;
  readonly #pieces: Pieces;
  readonly #owner: Owner;

  readonly #replaced: () => void;

  constructor(storage: ObjectStorage, pieces: Pieces, replaced: () => void) {
    this.#replaced = replaced;
    this.#storage = storage;
    this.#pieces = pieces;
    this.#owner = pieces.build();
  }

  /** One or more transactions, as JSON without brackets. */
  add(body: string): void {
    this.#pieces.extend(this.#owner, body);
  }

  /** To be called in a storage transaction. @param segments  adjacent ones, oldest first */
  replace(segments: readonly Segment[], changes: number): void {
    const rows = segments.flatMap(({ to }) =>
      this.#storage.exec<SegmentRow>(`select * from segment where to_lsn = ?`, to),
    );
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last || rows.length !== segments.length) throw new Error('The segments are not there any more');
    for (const { to_lsn: to, owner } of rows) {
      this.#pieces.remove(owner);
      this.#storage.exec(`delete from segment where to_lsn = ?`, to);
    }
    const { id, pieces, bytes } = this.#owner;
    this.#storage.exec(
      `insert into segment values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, null, ?, ?)`,
      last.to_lsn,
      first.from_lsn,
      last.end_lsn,
      least(rows.map(({ min_xid: xid }) => xid)),
      greatest(rows.map(({ max_xid: xid }) => xid)),
      id,
      pieces,
      bytes,
      changes,
      union(rows.map(({ scopes }) => scopes)),
      union(rows.map(({ tables }) => tables)),
    );
    this.#pieces.finish(this.#owner);
    this.#replaced();
  }

  /** Forgets what was written. */
  abandon(): void {
    this.#pieces.remove(this.#owner.id);
    this.#pieces.finish(this.#owner);
  }
}

const least = (texts: readonly string[]): string => texts.reduce((a, b) => (a < b ? a : b));
const greatest = (texts: readonly string[]): string => texts.reduce((a, b) => (a > b ? a : b));

/** Lists of names in JSON as one; a list with `*` is of everybody, and stays so. */
function union(lists: readonly string[]): string {
  const all = new Set(lists.flatMap((list) => JSON.parse(list) as string[]));
  return JSON.stringify(all.has('*') ? ['*'] : [...all].sort());
}
