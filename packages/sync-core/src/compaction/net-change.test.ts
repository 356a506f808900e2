import { hlcFromMillis, lsnFromBigInt, scopeKey } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { RESULT_TABLE, SCOPE_NONE, clientScope, type LogChange } from '../log.ts';
import { netOf } from './net-of.ts';

const A = scopeKey('project', 'a');
const B = scopeKey('project', 'b');
const C = scopeKey('project', 'c');
const row = { t: 'task', k: '1' } as const;
const insert = (s: typeof A, r: LogChange['r']): LogChange => ({ o: 'i', ...row, s, r });
const patch = (s: typeof A, r: LogChange['r']): LogChange => ({ o: 'u', ...row, s, p: s, r });
const move = (p: typeof A, s: typeof A, r: LogChange['r']): LogChange => ({ o: 'u', ...row, p, s, r });
const remove = (p: typeof A): LogChange => ({ o: 'd', ...row, p, r: { id: '1' } });
const truncate: LogChange = { o: 't', t: 'task', k: '', r: {} };

/** Each change in a transaction of its own. */
const net = (...changes: LogChange[]) =>
  netOf(
    changes.map((change, i) => ({
      lsn: lsnFromBigInt(BigInt(i + 1)),
      xid: String(i + 1),
      hlc: hlcFromMillis(i),
      changes: [change],
    })),
    new Set(),
  ).changes;

describe('the net change of a row', () => {
  it('that was inserted and updated is an insert with the newest values', () => {
    expect(net(insert(A, { id: '1', x: '1', y: '1' }), patch(A, { id: '1', x: '2' }))).toEqual([
      insert(A, { id: '1', x: '2', y: '1' }),
    ]);
  });

  it('that was updated twice is an update; a column that no update names stays out of it', () => {
    expect(net(patch(A, { id: '1', x: '1' }), patch(A, { id: '1', y: null }))).toEqual([
      patch(A, { id: '1', x: '1', y: null }),
    ]);
  });

  it('that moved is a whole row in its new scope, with a tombstone for the old one, also when edited there', () => {
    // T5 moves r from A to B, T9 edits r in B: with T9 alone, a client of A would keep r for ever.
    expect(net(move(A, B, { id: '1', x: '1', y: '1' }), patch(B, { id: '1', x: '2' }))).toEqual([
      { ...insert(B, { id: '1', x: '2', y: '1' }), l: [A] },
    ]);
  });

  it('that moved on and came back has tombstones for where it was between, in order', () => {
    const whole = { id: '1', x: '1' };
    expect(net(move(A, C, whole), move(C, B, whole), move(B, A, whole))).toEqual([{ ...insert(A, whole), l: [B, C] }]);
  });

  it('that was inserted and deleted is still a delete: a reader may stand between the two', () => {
    expect(net(insert(A, { id: '1', x: '1' }), remove(A))).toEqual([{ o: 'd', ...row, p: A, r: {} }]);
  });

  it('that moved and was deleted is a delete for the holders of either scope', () => {
    expect(net(move(A, B, { id: '1' }), remove(B))).toEqual([{ o: 'd', ...row, p: B, l: [A], r: {} }]);
  });

  it('that was deleted and inserted elsewhere is the new row alone, none of its old values, with a tombstone', () => {
    expect(net(patch(A, { id: '1', x: '1' }), remove(A), insert(B, { id: '1', y: '2' }))).toEqual([
      { ...insert(B, { id: '1', y: '2' }), l: [A] },
    ]);
    expect(net(remove(A), insert(A, { id: '1' }))).toEqual([insert(A, { id: '1' })]);
  });

  it('needs no tombstone for the scope that nobody holds', () => {
    expect(net(move(SCOPE_NONE, A, { id: '1' }))).toEqual([insert(A, { id: '1' })]);
  });

  it('that was patched after it was gone is gone', () => {
    expect(net(remove(A), patch(A, { id: '1', x: '1' }))).toEqual([{ o: 'd', ...row, p: A, r: {} }]);
  });

  it('before a truncate is nothing, and after it what happened since', () => {
    expect(net(move(A, B, { id: '1' }), remove(B), truncate, insert(C, { id: '1' }), truncate)).toEqual([truncate]);
    expect(net(move(A, B, { id: '1' }), truncate, insert(C, { id: '1' }))).toEqual([truncate, insert(C, { id: '1' })]);
  });
});

it('a table’s truncate comes before its rows, a row with an empty key too; tables and keys by code unit', () => {
  const of = (t: string, k: string): LogChange => ({ o: 'i', t, k, s: A, r: {} });
  const changes = net(of('b', '10'), of('a', 'ä'), of('a', 'z'), of('b', '9'), { ...truncate, t: 'a' }, of('a', ''));
  expect(changes.map(({ o, t, k }) => [o, t, k])).toEqual([
    ['t', 'a', ''],
    ['i', 'a', ''],
    ['i', 'b', '10'],
    ['i', 'b', '9'],
  ]);
});

it('results are no rows: each is kept', () => {
  const at = { xid: '1', hlc: hlcFromMillis(0) };
  const result = (id: string): LogChange => ({ o: 'i', t: RESULT_TABLE, k: '', s: clientScope('c'), r: { id } });
  const run = netOf([{ ...at, lsn: lsnFromBigInt(1n), changes: [result('2'), result('1')] }], new Set());
  expect(run).toMatchObject({ changes: [], results: [result('2'), result('1')] });
});

it('of no transactions there is no net run', () => {
  expect(() => netOf([], new Set())).toThrow(RangeError);
});
