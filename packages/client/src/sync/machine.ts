import { CloseCode } from '@vibestack/sync-types';

/*
 *            wake                 opened               welcome
 *  waiting ────────▶ connecting ─────────▶ greeting ───────────▶ streaming
 *     ▲                  │ closed              │ closed               │ closed
 *     └──────────────────┴─────────────────────┴──────────────────────┘   (back-off grows, welcome resets it)
 *
 *  closed 4401 ▶ connecting with a fresh token, once; then needs_auth ── wake ──▶ connecting
 *  closed 4403 ▶ stopped
 *
 *  I1  there is a socket exactly in greeting and streaming
 *  I2  attempt is 0 exactly in streaming, and right after it
 *  I3  nothing leaves stopped
 */

/** Where the connection stands. */
export type LinkState =
  | { readonly name: 'waiting'; readonly attempt: number }
  | { readonly name: 'connecting'; readonly attempt: number; readonly fresh: boolean }
  | { readonly name: 'greeting'; readonly attempt: number; readonly fresh: boolean }
  | { readonly name: 'streaming'; readonly attempt: 0 }
  | { readonly name: 'needs_auth'; readonly attempt: number }
  | { readonly name: 'stopped'; readonly attempt: number };

export type LinkEvent =
  | { readonly type: 'wake' }
  | { readonly type: 'opened' }
  | { readonly type: 'welcome' }
  /** The socket or the attempt to open it ended; `code` as in a close event, 401/403 from HTTP as 4401/4403. */
  | { readonly type: 'closed'; readonly code: number };

export const INITIAL_LINK: LinkState = { name: 'waiting', attempt: 0 };

/** The next state; the same one when the event means nothing in it. */
export function transition(state: LinkState, event: LinkEvent): LinkState {
  if (state.name === 'stopped') return state;
  switch (event.type) {
    case 'wake':
      return state.name === 'waiting' || state.name === 'needs_auth'
        ? { name: 'connecting', attempt: state.attempt, fresh: state.name === 'needs_auth' }
        : state;
    case 'opened':
      return state.name === 'connecting' ? { ...state, name: 'greeting' } : state;
    case 'welcome':
      return state.name === 'greeting' ? { name: 'streaming', attempt: 0 } : state;
    case 'closed':
      return closed(state, event.code);
  }
}

function closed(state: LinkState, code: number): LinkState {
  if (code === CloseCode.forbidden) return { name: 'stopped', attempt: state.attempt };
  if (code === CloseCode.needsAuth) {
    const triedFresh = (state.name === 'connecting' || state.name === 'greeting') && state.fresh;
    return triedFresh
      ? { name: 'needs_auth', attempt: state.attempt }
      : { name: 'connecting', attempt: state.attempt, fresh: true };
  }
  if (state.name === 'waiting' || state.name === 'needs_auth') return state;
  return { name: 'waiting', attempt: state.attempt + 1 };
}

const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;

/**
 * Milliseconds to wait before the next attempt: exponential back-off with full jitter.
 *
 * @param random  in [0, 1)
 */
export const retryDelay = (attempt: number, random: number): number =>
  Math.round(random * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 16)));
