import { lsnFromBigInt, type Epoch } from '@vibestack/sync-types';
import { expect, it } from 'vitest';
import { continuityBroken, type Observed, type Recorded } from './continuity.ts';

const recorded: Recorded = {
  epoch: 'e' as Epoch,
  systemId: '7',
  timeline: 1,
  acked: lsnFromBigInt(100n),
  fence: 'mine',
  fenceNext: 'mine',
  publication: { oid: '1', tables: { 'public.task': '2' } },
};
const observed: Observed = {
  systemId: '7',
  timeline: 1,
  current: 200n,
  slot: { confirmedFlushLsn: 100n, lost: false },
  fence: 'mine',
  publication: { oid: '1', tables: { 'public.task': '2', 'public.added': '3' } },
};

it('history goes on where everything fits', () => {
  expect(continuityBroken(recorded, observed)).toBeNull();
});

it('a crash while the fence was being written is recognised as our own', () => {
  expect(continuityBroken({ ...recorded, fence: 'old', fenceNext: 'mine' }, observed)).toBeNull();
});

it.each(['committed', 'in progress', null] as const)('our newest transaction may be %s', (status) => {
  expect(continuityBroken(recorded, observed, status)).toBeNull();
});

it.each(['future', 'aborted'] as const)('a server on which our newest transaction is %s was restored', (status) => {
  expect(continuityBroken(recorded, observed, status)).toMatch('does not know');
});

it.each<[string, Recorded | null, Observed]>([
  ['a new log', null, observed],
  ['a slot that is gone', recorded, { ...observed, slot: null }],
  ['a slot that lost its WAL', recorded, { ...observed, slot: { confirmedFlushLsn: 100n, lost: true } }],
  ['a slot that somebody else moved', recorded, { ...observed, slot: { confirmedFlushLsn: 101n, lost: false } }],
  ['another cluster', recorded, { ...observed, systemId: '8' }],
  ['a failover', recorded, { ...observed, timeline: 2 }],
  ['a server restored to an older state', recorded, { ...observed, current: 99n }],
  ['a publication that is gone', recorded, { ...observed, publication: null }],
  [
    'a publication made anew',
    recorded,
    { ...observed, publication: { oid: '9', tables: recorded.publication.tables } },
  ],
  ['a table published anew', recorded, { ...observed, publication: { oid: '1', tables: { 'public.task': '8' } } }],
  ['a break that was seen before', { ...recorded, broken: 'the publication was made anew' }, observed],
  ['another log that took the fence', recorded, { ...observed, fence: 'theirs' }],
])('%s begins a new epoch', (_, before, now) => {
  expect(continuityBroken(before, now)).not.toBeNull();
});
