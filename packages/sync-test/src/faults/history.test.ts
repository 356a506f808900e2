import type { Lsn } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import type { LoggedTransaction } from '../probe/index.ts';
import { NONE, differences } from './history.ts';
import type { Committed } from './writers.ts';

const COMMITTED: readonly Committed[] = [
  { writer: 0, xid: '10', ids: [1, 2] },
  { writer: 1, xid: '11', ids: [3] },
  { writer: 0, xid: '12', ids: [4] },
];

const logged = (lsn: string, xid: string, ...ids: number[]): LoggedTransaction => ({
  lsn: lsn as Lsn,
  xid,
  isNet: false,
  ids,
});

const [A, B, C] = [logged('1', '10', 1, 2), logged('2', '11', 3), logged('3', '12', 4)];

describe('the comparison of a history with what was committed', () => {
  it('finds nothing in one that is right, also when writers took another order', () => {
    expect(differences([A, B, C], COMMITTED)).toEqual(NONE);
    expect(differences([{ ...B, lsn: A.lsn }, { ...A, lsn: B.lsn }, C], COMMITTED)).toEqual(NONE);
  });

  it('finds what is lost, twice, and never was', () => {
    expect(differences([A, C], COMMITTED)).toEqual({ ...NONE, lost: [3] });
    expect(differences([A, B, C, { ...C, lsn: '4' as Lsn }], COMMITTED)).toEqual({ ...NONE, twice: [4] });
    expect(differences([A, B, C, logged('4', '13', 5)], COMMITTED)).toEqual({ ...NONE, invented: [5], torn: ['13'] });
  });

  it('finds transactions that are cut, or in another order', () => {
    expect(differences([logged('1', '10', 2, 1), B, C], COMMITTED)).toEqual({ ...NONE, torn: ['10'] });
    expect(differences([{ ...C, lsn: A.lsn }, B, { ...A, lsn: C.lsn }], COMMITTED)).toEqual({
      ...NONE,
      overtaking: ['10'],
    });
    expect(differences([A, { ...B, lsn: A.lsn }, C], COMMITTED)).toEqual({ ...NONE, backward: ['1'] });
  });

  it('asks of compacted ones only that all keys are there', () => {
    const net: LoggedTransaction = { lsn: '2' as Lsn, xid: '11', isNet: true, ids: [3, 1, 2] };
    expect(differences([net, C], COMMITTED)).toEqual(NONE);
    expect(differences([{ ...net, ids: [1, 2] }, C], COMMITTED)).toEqual({ ...NONE, lost: [3] });
  });
});
