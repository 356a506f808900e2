import { parsePgSnapshot, sees, type PgSnapshot } from '@vibestack/replication';
import { CloseCode, type Lsn, type ScopeKey } from '@vibestack/sync-types';
import type { MarkerFound } from '../replication-do/index.ts';
import type { SnapshotMarker } from '../snapshot/marker.ts';
import { visibleTo } from './deliver.ts';
import { subscribeGroup, type Group } from './group.ts';
import { readUnseen } from './history.ts';
import { applyMembershipChanges } from './membership-step.ts';
import { holdScopes, type SessionReady } from './session.ts';
import { refuse, send, type Connected } from './sockets.ts';

/** Lets in the downloads whose marker the log has by now, each at its session's own place in the stream. */
export async function admitStaged(group: Group): Promise<void> {
  for (const connected of group.sockets.all()) {
    for (const nonce of connected.session.ready?.staged ?? []) {
      const session = group.sockets.get(connected.ws);
      if (session) await admit(group, { ws: connected.ws, session }, nonce);
    }
  }
}

async function admit(group: Group, { ws, session }: Connected, nonce: string): Promise<void> {
  const marker = await group.replication.marker(nonce);
  const { ready } = session;
  if (marker === null || ready === null) return; // the marker is on its way
  const content = JSON.parse(marker.content) as SnapshotMarker;
  if (content.userId !== session.userId) {
    refuse(ws, CloseCode.forbidden, 'not_your_snapshot', 'This snapshot was made for somebody else.');
    return;
  }
  const position = group.sockets.position(ws);
  if (position !== null && position < marker.lsn && marker.epoch === ready.epoch) return; // the stream is on its way
  const to = position ?? (await group.replication.ready()).durable;

  if (position === null) await catchUpMembership(group, { ws, session }, ready, to);
  const current = group.sockets.get(ws)?.ready;
  if (!current) return;
  const without = { ...current, staged: current.staged.filter((waiting) => waiting !== nonce) };
  const unseen = await unseenBy(group, marker, without, content, to);
  if (unseen === null) {
    // Of another epoch, or the log does not reach back to it any more: download again.
    group.sockets.save({ ...session, ready: without });
    send(ws, { type: 'gain', scopes: without.gaining.map(([scope]) => scope) });
    return;
  }
  const scopes = admissible(without, content);
  const clientIds = position === null ? without.clientIds : [];
  const transactions = visibleTo(group, without, unseen, scopes, clientIds);
  const held = without.gaining.filter(([scope]) => scopes.includes(scope));
  group.sockets.save({ ...session, ready: holdScopes(without, held) });
  send(ws, {
    type: 'interval',
    epoch: marker.epoch,
    from: position,
    to,
    transactions: [],
    admit: { nonce, scopes, transactions },
  });
  group.sockets.advance(ws, to);
  await group.replication.releaseHold(nonce);
  await subscribeGroup(group);
}

/** Logged transactions up to `to` that the snapshot does not see: what lies between it and that place (SEMANTICS 3.2). */
async function unseenBy(group: Group, marker: MarkerFound, ready: SessionReady, content: SnapshotMarker, to: Lsn) {
  if (marker.epoch !== ready.epoch) return null;
  const snapshot = parsePgSnapshot(content.snapshot);
  const found = await readUnseen(group, ready.epoch, snapshot.xmin, to);
  return found && found.filter(({ lsn, xid }) => lsn <= to && !sees(snapshot, BigInt(xid)));
}

/** A session outside the stream has not met the membership changes since it was read: it meets them now. */
async function catchUpMembership(group: Group, connected: Connected, ready: SessionReady, to: Lsn): Promise<void> {
  const { xmin } = parsePgSnapshot(ready.membershipSnapshot);
  const found = await readUnseen(group, ready.epoch, xmin, to);
  if (found) await applyMembershipChanges(group, [connected], found, { bornWithout: 'nothing' });
}

/** Scopes of a snapshot that the session may have by now, and did not lose after the snapshot was taken. */
function admissible(ready: SessionReady, content: SnapshotMarker): ScopeKey[] {
  const taken = parsePgSnapshot(content.snapshot);
  const gaining = new Set(ready.gaining.map(([scope]) => scope));
  return content.scopes.filter((scope) => {
    const lost = ready.lost[scope];
    return gaining.has(scope) && (lost === undefined || isLater(taken, parsePgSnapshot(lost)));
  });
}

/** Whether a snapshot sees everything that another one sees. */
function isLater(later: PgSnapshot, earlier: PgSnapshot): boolean {
  return later.xmax >= earlier.xmax && [...later.inProgress].every((xid) => !sees(earlier, xid));
}
