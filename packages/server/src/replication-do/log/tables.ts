import type { ObjectStorage } from '../storage/object-storage.ts';

/** Counts layouts of what is stored. An object of another one begins anew: its log is a cache of history. */
const LAYOUT = 2;

/**
 * The log's tables. A segment is a directory entry; its body lies in pieces, whose ids begin with the segment's owner
 * number. Both trees are clustered by their key alone: a flush writes two rows, and there is no index to pay for.
 */
export function createLogTables(storage: ObjectStorage): void {
  storage.transaction(() => {
    dropOtherLayout(storage);
  });
  storage.exec(`create table if not exists segment (
    to_lsn text primary key, from_lsn text not null, end_lsn text not null,
    min_xid text not null, max_xid text not null,
    owner integer not null, pieces integer not null, bytes integer not null, changes integer not null,
    net integer not null default 0, head text,
    scopes text not null, tables text not null) without rowid`);
  // The last piece of a run of them that belong together is \`whole\`: readers stop only behind it.
  storage.exec(`create table if not exists piece (
    id integer primary key, whole integer not null, subs text, body blob not null)`);
  storage.exec(`create table if not exists marker (
    nonce text primary key, lsn text not null, content text not null) without rowid`);
}

/** Pieces that one owner may have: 2^21 of them, of 256 KiB and more. */
const PIECES = 2 ** 21;

export const pieceId = (owner: number, n: number): number => owner * PIECES + n;

export const ownerOf = (id: number): number => Math.floor(id / PIECES);

/** With the log goes the record of continuity: a log without its past may not claim to go on. */
function dropOtherLayout(storage: ObjectStorage): void {
  storage.exec(`create table if not exists layout (version integer primary key)`);
  const [known] = storage.exec<{ version: number }>(`select version from layout`);
  if (known?.version === LAYOUT) return;
  for (const table of ['segment', 'piece', 'marker', 'state']) storage.exec(`drop table if exists ${table}`);
  storage.exec(`delete from layout`);
  storage.exec(`insert into layout values (?)`, LAYOUT);
}
