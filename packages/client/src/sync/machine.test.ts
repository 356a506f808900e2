import { CloseCode } from '@vibestack/sync-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INITIAL_LINK, retryDelay, transition, type LinkEvent, type LinkState } from './machine.ts';

const run = (...events: LinkEvent[]): LinkState => events.reduce(transition, INITIAL_LINK);
const wake: LinkEvent = { type: 'wake' };
const opened: LinkEvent = { type: 'opened' };
const welcome: LinkEvent = { type: 'welcome' };
const closed = (code: number): LinkEvent => ({ type: 'closed', code });

const event = fc.oneof(
  fc.constantFrom(wake, opened, welcome),
  fc.constantFrom(0, 1006, CloseCode.needsAuth, CloseCode.forbidden, CloseCode.restart).map(closed),
);

describe('the link', () => {
  it('comes up step by step', () => {
    expect(run(wake, opened, welcome)).toEqual({ name: 'streaming', attempt: 0 });
  });

  it('waits longer after each failure, and starts over after a success', () => {
    expect(run(wake, closed(1006), wake, opened, closed(1006))).toEqual({ name: 'waiting', attempt: 2 });
    expect(run(wake, closed(1006), wake, opened, welcome, closed(1006))).toEqual({ name: 'waiting', attempt: 1 });
  });

  it('asks for a fresh token once, and then for the person', () => {
    const refused = closed(CloseCode.needsAuth);
    expect(run(wake, refused)).toMatchObject({ name: 'connecting', fresh: true });
    expect(run(wake, refused, refused)).toMatchObject({ name: 'needs_auth' });
    expect(run(wake, refused, refused, wake)).toMatchObject({ name: 'connecting', fresh: true });
  });

  it('never comes back when it was told not to', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(run(wake, closed(CloseCode.forbidden), ...events).name).toBe('stopped');
      }),
    );
  });

  it('has no failed attempts while it streams', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const state = run(...events);
        if (state.name === 'streaming') expect(state.attempt).toBe(0);
      }),
    );
  });
});

it('the back-off is random up to a bound that grows to 30 s', () => {
  expect(retryDelay(0, 0.5)).toBe(125);
  expect(retryDelay(3, 0.999)).toBeLessThanOrEqual(2000);
  expect(retryDelay(50, 0.9999)).toBeLessThanOrEqual(30_000);
});
