import { hlcFromMillis, lsnFromBigInt, scopeKey } from '@vibestack/sync-types';
import { describe, expect, it } from 'vitest';
import { RESULT_TABLE, type LogChange } from '../log.ts';
import { RunOrderError } from './errors.ts';
import { mergeRuns, type NetEntries } from './merge-runs.ts';
import { runEntries, type NetEntry } from './net-run.ts';

const A = scopeKey('project', 'a');
const insert = (t: string, k: string, x = '1'): NetEntry => ({
  kind: 'change',
  change: { o: 'i', t, k, s: A, r: { x } },
});
const truncate = (t: string): NetEntry => ({ kind: 'change', change: { o: 't', t, k: '', r: {} } });
const result = (id: string): NetEntry => ({
  kind: 'result',
  change: { o: 'i', t: RESULT_TABLE, k: '', r: { id } },
});
const mark = (at: bigint): NetEntry => ({
  kind: 'mark',
  mark: { lsn: lsnFromBigInt(at), xid: '1', hlc: hlcFromMillis(0), mark: true, changes: [] },
});

async function merge(earlier: NetEntries, later: NetEntries): Promise<NetEntry[]> {
  const out: NetEntry[] = [];
  for await (const entry of mergeRuns(earlier, later)) out.push(entry);
  return out;
}

describe('merging two net runs', () => {
  it('puts marks first and results last, the earlier run’s before the later one’s', async () => {
    const earlier = [mark(1n), insert('a', '2'), result('1')];
    const later = [mark(2n), mark(3n), insert('a', '1'), result('2')];
    expect(await merge(earlier, later)).toEqual([
      mark(1n),
      mark(2n),
      mark(3n),
      insert('a', '1'),
      insert('a', '2'),
      result('1'),
      result('2'),
    ]);
  });

  it('drops the earlier run’s rows of a table that the later one truncates, and of no other', async () => {
    const earlier = [insert('a', '1'), truncate('b'), insert('b', '1'), insert('b', '3'), insert('c', '1')];
    const later = [truncate('b'), insert('b', '1', '2'), insert('b', '2')];
    expect(await merge(earlier, later)).toEqual([
      insert('a', '1'),
      truncate('b'),
      insert('b', '1', '2'),
      insert('b', '2'),
      insert('c', '1'),
    ]);
  });

  it('is the other run where one is empty', async () => {
    const run = [mark(1n), truncate('a'), insert('a', '1'), result('1')];
    expect(await merge(run, [])).toEqual(run);
    expect(await merge([], run)).toEqual(run);
  });

  it('reads no further ahead than one entry a side, so that memory does not grow', async () => {
    let read = 0;
    function* counted(odd: number): Generator<NetEntry> {
      for (let n = 0; n < 1_000; n++) {
        read++;
        yield insert('a', String(n * 2 + odd).padStart(6, '0'));
      }
    }
    let taken = 0;
    for await (const entry of mergeRuns(counted(0), counted(1))) {
      expect(entry.kind).toBe('change');
      expect(read).toBeLessThanOrEqual(++taken + 1);
    }
    expect(taken).toBe(2_000);
  });

  it('lets go of both sides when the reader of the result stops early, or one of them fails', async () => {
    const closed: string[] = [];
    function* side(name: string, fails: boolean): Generator<NetEntry> {
      try {
        yield insert('a', name);
        if (fails) throw new Error('The disk is gone');
        yield insert('b', name);
      } finally {
        closed.push(name);
      }
    }
    const stopped = mergeRuns(side('1', false), side('2', false));
    await stopped.next();
    await stopped.return(undefined);
    await expect(merge(side('3', false), side('4', true))).rejects.toThrow('The disk is gone');
    expect(closed.sort()).toEqual(['1', '2', '3', '4']);
  });

  it.each([
    ['keys', [insert('a', '2'), insert('a', '1')]],
    ['a row twice', [insert('a', '1'), insert('a', '1')]],
    ['a truncate after rows', [insert('a', '1'), truncate('a')]],
    ['sections', [result('1'), insert('a', '1')]],
    ['a late mark', [insert('a', '1'), mark(1n)]],
  ])('refuses a run that is not in order rather than lose changes: %s', async (_, entries) => {
    await expect(merge(entries, [])).rejects.toThrow(RunOrderError);
    await expect(merge([], entries)).rejects.toThrow(RunOrderError);
  });
});

it('a net transaction that the log holds in parts is read as one run', () => {
  const at = { lsn: lsnFromBigInt(9n), xid: '1', hlc: hlcFromMillis(0), net: true } as const;
  const change = (entry: NetEntry): LogChange[] => (entry.kind === 'mark' ? [] : [entry.change]);
  const entries = [mark(9n), insert('a', '1'), insert('a', '2'), result('1')];
  const marks = entries.flatMap((entry) => (entry.kind === 'mark' ? [entry.mark] : []));
  const parts = entries.map((entry) => ({ ...at, changes: change(entry) }));
  expect([...runEntries([...marks, ...parts])]).toEqual(entries);
});
