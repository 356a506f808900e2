import { type Memberships } from '@vibestack/sync-core';
import type { Epoch, ScopeKey } from '@vibestack/sync-types';

/** A scope with the role in which it is held. */
export type Held = readonly [scope: ScopeKey, role: string];

/**
 * One connected client, as its SyncDO keeps it over hibernation. Plain JSON.
 *
 * Where it stands in the stream is not here but in the socket's attachment: that changes with every message.
 */
export interface Session {
  readonly id: string;
  readonly userId: string;
  /** Unix milliseconds at which the access token behind the socket ends. */
  readonly expires: number;
  /** Null before `hello`. */
  readonly ready: SessionReady | null;
}

export interface SessionReady {
  readonly clientId: string;
  /** Client ids whose mutation results this session receives. */
  readonly clientIds: readonly string[];
  readonly epoch: Epoch;
  /** Scopes that the client's tables hold and that it receives. */
  readonly held: readonly Held[];
  /** Scopes that it may have and must download first. */
  readonly gaining: readonly Held[];
  /**
   * Scopes lost in this session, each with the database snapshot in which the loss was seen: a download older than
   * that is not admitted any more (SEMANTICS 7.5).
   */
  readonly lost: Readonly<Record<ScopeKey, string>>;
  /** The database snapshot in which the memberships were last read. */
  readonly membershipSnapshot: string;
  /** Downloads that wait for their place in the stream. */
  readonly staged: readonly string[];
}

/** All scopes of a session with their roles: what it holds and what is on its way. */
export const memberships = (ready: SessionReady): Memberships => new Map([...ready.held, ...ready.gaining]);

/** Takes scopes away at once, whatever their state, and remembers when. */
export function loseScopes(ready: SessionReady, scopes: readonly ScopeKey[], snapshot: string): SessionReady {
  const gone = new Set(scopes);
  return {
    ...ready,
    held: ready.held.filter(([scope]) => !gone.has(scope)),
    gaining: ready.gaining.filter(([scope]) => !gone.has(scope)),
    lost: { ...ready.lost, ...Object.fromEntries(scopes.map((scope) => [scope, snapshot])) },
  };
}

/** Scopes that must be downloaded before they are held. */
export const gainScopes = (ready: SessionReady, gained: readonly Held[]): SessionReady => ({
  ...ready,
  gaining: [...ready.gaining, ...gained],
});

/** Scopes whose rows arrived, or that had none before. */
export function holdScopes(ready: SessionReady, scopes: readonly Held[]): SessionReady {
  const names = new Set(scopes.map(([scope]) => scope));
  return {
    ...ready,
    held: [...ready.held.filter(([scope]) => !names.has(scope)), ...scopes],
    gaining: ready.gaining.filter(([scope]) => !names.has(scope)),
  };
}
