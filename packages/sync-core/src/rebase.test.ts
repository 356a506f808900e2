import type { Op } from '@vibestack/sync-types';
import { expect, it } from 'vitest';
import { rebase } from './rebase.ts';

const patch = (row: Record<string, string | null>): Op => ({ op: 'patch', table: 't', key: 'k', row });
const insert = (row: Record<string, string | null>): Op => ({ op: 'insert', table: 't', key: 'k', row });
const remove: Op = { op: 'delete', table: 't', key: 'k' };

it('pending ops lie on the server’s row, in order', () => {
  expect(rebase({ id: 'k', a: '0', b: '0' }, [patch({ a: '1' }), patch({ a: '2' })])).toEqual({
    id: 'k',
    a: '2',
    b: '0',
  });
});

it('without its rejected op, a later one still stands', () => {
  expect(rebase({ id: 'k', a: '0' }, [patch({ a: '2' })])).toEqual({ id: 'k', a: '2' });
});

it('a change or a deletion of an absent row yields absent', () => {
  expect(rebase(null, [patch({ a: '1' })])).toBeNull();
  expect(rebase(null, [remove])).toBeNull();
});

it('an insert yields the row, also after a deletion', () => {
  expect(rebase(null, [insert({ id: 'k', a: '1' })])).toEqual({ id: 'k', a: '1' });
  expect(rebase({ id: 'k', a: '0' }, [remove, insert({ id: 'k', a: '1' })])).toEqual({ id: 'k', a: '1' });
});
