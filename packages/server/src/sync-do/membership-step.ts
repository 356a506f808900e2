import { compareMemberships, endedScopes, type LogTransaction, type Memberships } from '@vibestack/sync-core';
import { parsePgSnapshot, sees } from '@vibestack/replication';
import type { ScopeKey } from '@vibestack/sync-types';
import { readMemberships, type MembershipReading } from '../database/membership.ts';
import { subscribeGroup, type Group } from './group.ts';
import {
  gainScopes,
  holdScopes,
  loseScopes,
  memberships,
  type Held,
  type Session,
  type SessionReady,
} from './session.ts';
import { send, type Connected } from './sockets.ts';

/** Scopes that came into being in the page just read, so that their holder needs no download: session id → scopes. */
export type Born = ReadonlyMap<string, readonly ScopeKey[]>;

/**
 * Brings every session's scopes up to a page of transactions, before any row of that page is sent.
 *
 * Memberships are read in a snapshot in which each of those transactions is visible: read earlier, a revocation that
 * the log has and the snapshot has not would be lost (SEMANTICS 7.4). Losses are told at once.
 *
 * @param transactions  a page, or at least those of it that change memberships
 * @param bornWithout   what a scope needs whose root is inserted in the page: `download` is spared to sessions that
 *                      receive this very page; others are given no such favour (`nothing`)
 */
export async function applyMembershipChanges(
  group: Group,
  connected: readonly Connected[],
  transactions: readonly LogTransaction[],
  { bornWithout }: { readonly bornWithout: 'download' | 'nothing' } = { bornWithout: 'download' },
): Promise<Born> {
  const memberTables = new Set(group.schema.scopes.flatMap((scope) => scope.memberTables));
  const relevant = transactions.filter(({ changes }) => changes.some(({ t }) => memberTables.has(t)));
  const born = new Map<string, readonly ScopeKey[]>();
  if (relevant.length === 0) return born;
  const stale = connected.flatMap(({ ws, session }) => {
    if (session.ready === null) return [];
    const snapshot = parsePgSnapshot(session.ready.membershipSnapshot);
    return relevant.some(({ xid }) => !sees(snapshot, BigInt(xid))) ? [{ ws, session, ready: session.ready }] : [];
  });
  if (stale.length === 0) return born;

  const users = [...new Set(stale.map(({ session }) => session.userId))];
  const reading = await readVisible(group, users, relevant);
  const roots = bornWithout === 'download' ? insertedRoots(group, transactions) : new Set<ScopeKey>();
  for (const { ws, session, ready } of stale) {
    const known = parsePgSnapshot(ready.membershipSnapshot);
    const met = relevant.filter(({ net, xid }) => net !== true && !sees(known, BigInt(xid)));
    const ended = endedScopes(group.schema, session.userId, memberships(ready).keys(), met);
    const { next, lost, gained, fresh } = compare(group, session, ready, reading, roots, ended);
    group.sockets.save({ ...session, ready: next });
    if (lost.length > 0) send(ws, { type: 'lose', scopes: lost });
    if (gained.length > 0) send(ws, { type: 'gain', scopes: gained.map(([scope]) => scope) });
    if (fresh.length > 0)
      born.set(
        session.id,
        fresh.map(([scope]) => scope),
      );
  }
  await subscribeGroup(group);
  return born;
}

function compare(
  group: Group,
  session: Session,
  ready: SessionReady,
  reading: MembershipReading,
  roots: ReadonlySet<ScopeKey>,
  ended: ReadonlySet<ScopeKey>,
): { next: SessionReady; lost: readonly ScopeKey[]; gained: Held[]; fresh: Held[] } {
  const now = reading.of(session.userId);
  const change = compareInterrupted(group, ready, now, ended);
  const all = change.gained.map((scope): Held => [scope, now.get(scope) ?? '']);
  const fresh = all.filter(([scope]) => roots.has(scope) && !change.lost.includes(scope));
  const gained = all.filter((held) => !fresh.includes(held));
  const kept = loseScopes(ready, change.lost, reading.snapshot);
  const rerolled = (held: readonly Held[]) => held.map(([scope, role]): Held => [scope, now.get(scope) ?? role]);
  const next = holdScopes(
    gainScopes({ ...kept, held: rerolled(kept.held), gaining: rerolled(kept.gaining) }, gained),
    fresh,
  );
  return { next: { ...next, membershipSnapshot: reading.snapshot }, lost: change.lost, gained, fresh };
}

/** A membership that ended is a loss and a gain, even if it came back before anybody looked (SEMANTICS 7.5). */
function compareInterrupted(
  group: Group,
  ready: SessionReady,
  now: Memberships,
  ended: ReadonlySet<ScopeKey>,
): { lost: readonly ScopeKey[]; gained: readonly ScopeKey[] } {
  const { lost, gained } = compareMemberships(group.schema, memberships(ready), now);
  const back = [...ended].filter((scope) => now.has(scope) && !lost.includes(scope));
  return { lost: [...lost, ...back], gained: [...gained, ...back] };
}

/** Waits, inside Postgres, for the moment between a commit's place in the WAL and its visibility. */
async function readVisible(
  group: Group,
  users: readonly string[],
  transactions: readonly LogTransaction[],
): Promise<MembershipReading> {
  return group.pool.use(async (sql) => {
    for (;;) {
      const reading = await readMemberships(sql, group.schema, users);
      const snapshot = parsePgSnapshot(reading.snapshot);
      if (transactions.every(({ xid }) => sees(snapshot, BigInt(xid)))) return reading;
      await sql.rows('select pg_sleep(0.002)');
    }
  });
}

/** Scopes whose root row one of these transactions inserts: they were empty before. */
function insertedRoots(group: Group, transactions: readonly LogTransaction[]): ReadonlySet<ScopeKey> {
  const rootOf = new Map(
    group.schema.scopes.flatMap((scope) => (scope.root === null ? [] : [[scope.root, scope.name]])),
  );
  const out = new Set<ScopeKey>();
  for (const { changes, net } of transactions) {
    if (net) continue; // there, an inserted row may be one that came back
    for (const change of changes) {
      const name = change.o === 'i' ? rootOf.get(change.t) : undefined;
      if (name !== undefined) out.add(`${name}:${change.k}` as ScopeKey);
    }
  }
  return out;
}
