import { beforeEach, describe, expect, it } from 'vitest';
import { PgoutputDecoder } from './decoder.ts';
import type { PgoutputMessage, Relation, Tuple } from './messages.ts';
import { encode } from './testing/encode.ts';

const layout = (...names: string[]): Relation => ({
  id: 16400,
  schema: 'public',
  name: 't',
  replicaIdentity: 'default',
  columns: names.map((name, i) => ({ name, typeOid: 25, typeModifier: -1, partOfKey: i === 0 })),
});
const before = layout('id');
const after = layout('id', 'added');
const end = { commitLsn: 1n, endLsn: 2n, commitTime: 3n };

let decoder: PgoutputDecoder;
const send = (message: PgoutputMessage) => decoder.decode(encode(message));
const begin = (xid: number) => send({ kind: 'stream-start', xid, first: true });
const goOn = (xid: number) => send({ kind: 'stream-start', xid, first: false });
const stop = () => send({ kind: 'stream-stop' });
const commit = (xid: number) => send({ kind: 'stream-commit', xid, ...end });
const abort = (xid: number, subxid = xid) => send({ kind: 'stream-abort', xid, subxid });
const announce = (relation: Relation, xid?: number) =>
  send(xid === undefined ? { kind: 'relation', relation } : { kind: 'relation', relation, xid });
/** The layout by which a row of as many columns is read; throws when another one holds. */
const insert = (relation: Relation, xid?: number): Relation => {
  const row: Tuple = relation.columns.map(() => 'x');
  const base = { kind: 'insert', relation, row } as const;
  const message = send(xid === undefined ? base : { ...base, xid });
  if (message.kind !== 'insert') throw new Error(message.kind);
  return message.relation;
};

beforeEach(() => {
  decoder = new PgoutputDecoder();
});

describe('a layout announced in a streamed transaction', () => {
  it('holds there alone until the transaction commits, then for all', () => {
    announce(before);
    begin(7);
    announce(after, 7);
    stop();
    expect(insert(before)).toEqual(before);
    begin(8);
    expect(insert(before, 8)).toEqual(before);
    stop();
    goOn(7);
    expect(insert(after, 7)).toEqual(after);
    stop();
    commit(7);
    expect(insert(after)).toEqual(after);
    goOn(8);
    expect(insert(after, 8)).toEqual(after);
  });

  it('is unknown to others when nothing else was announced', () => {
    begin(7);
    announce(after, 7);
    stop();
    expect(() => insert(after)).toThrow('never announced');
  });

  it('holds for its subtransactions, and by the streamed transaction rather than by the change’s', () => {
    begin(7);
    announce(after, 9);
    expect(insert(after, 10)).toEqual(after);
  });

  it('is forgotten when the transaction is rolled back', () => {
    announce(before);
    begin(7);
    announce(after, 7);
    stop();
    abort(7);
    expect(insert(before)).toEqual(before);
    begin(7);
    expect(insert(before, 7)).toEqual(before);
  });

  it('is forgotten when a subtransaction is rolled back, which may have made it; the server announces again', () => {
    announce(before);
    begin(7);
    announce(after, 8);
    stop();
    abort(7, 8);
    goOn(7);
    expect(insert(before, 7)).toEqual(before);
    stop();
    commit(7);
    expect(insert(before)).toEqual(before);
  });

  it('does not replace, at the commit, what all were told after it', () => {
    begin(7);
    announce(before, 7);
    stop();
    announce(after);
    commit(7);
    expect(insert(after)).toEqual(after);
  });

  it('keeps its columns in messages that were read before it was replaced', () => {
    announce(before);
    const read = insert(before);
    announce(after);
    insert(after);
    expect(read).toEqual(before);
  });
});

describe('a streamed block', () => {
  it('gives each change its transaction, and others none', () => {
    announce(before);
    const row = ['x'];
    const changes: PgoutputMessage[] = [
      { kind: 'insert', relation: before, row },
      { kind: 'update', relation: before, oldKind: null, old: null, row },
      { kind: 'delete', relation: before, oldKind: 'key', old: row },
      { kind: 'truncate', relations: [before], cascade: false, restartIdentity: false },
      { kind: 'type', id: 1, schema: 'public', name: 'mood' },
      { kind: 'message', transactional: true, lsn: 1n, prefix: 'p', content: new Uint8Array(1) },
    ];
    for (const change of changes) expect(Object.keys(send(change))).not.toContain('xid');
    begin(7);
    for (const change of changes) expect(send({ ...change, xid: 8 } as PgoutputMessage)).toMatchObject({ xid: 8 });
    stop();
    for (const change of changes) expect(Object.keys(send(change))).not.toContain('xid');
  });

  it('may say where its transaction came from', () => {
    begin(7);
    expect(send({ kind: 'origin', lsn: 5n, name: 'elsewhere' })).toEqual({
      kind: 'origin',
      lsn: 5n,
      name: 'elsewhere',
    });
  });
});
