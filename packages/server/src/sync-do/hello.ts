import { compareMemberships, endedScopes, type LogTransaction, type Memberships } from '@vibestack/sync-core';
import { parsePgSnapshot, sees } from '@vibestack/replication';
import { CloseCode, type Hello, type Position, type ScopeKey } from '@vibestack/sync-types';
import { commitMarker } from '../database/marker.ts';
import { readMemberships } from '../database/membership.ts';
import type { ReplicationStatus } from '../replication-do/index.ts';
import { subscribeGroup, type Group } from './group.ts';
import type { Held, Session, SessionReady } from './session.ts';
import { refuse, send, type Connected } from './sockets.ts';

/**
 * Answers a client's first message: what it keeps, loses and must download.
 *
 * The group listens before memberships are read, so that a change between the two is seen as a change.
 */
export async function hello(group: Group, { ws, session }: Connected, message: Hello): Promise<void> {
  const { schema, pool, replication, sockets } = group;
  if (session.ready !== null) {
    refuse(ws, CloseCode.protocol, 'hello_twice', 'A socket says hello once.');
    return;
  }
  if (message.schemaHash !== schema.hash) {
    // One version at a time for now: a client that was built on another model loads the new application first.
    refuse(ws, CloseCode.forbidden, 'upgrade_required', 'This version of the application is not supported any more.');
    return;
  }
  const clientIds = [...new Set([message.clientId, ...message.outboxClientIds])];
  if (await ownedByOthers(group, clientIds, session.userId)) {
    refuse(ws, CloseCode.forbidden, 'client_id_taken', 'This client id belongs to somebody else.');
    return;
  }
  const status = await replication.ready();
  if (status.epoch === null) {
    refuse(ws, CloseCode.restart, 'replication_unavailable', 'The change stream is not running yet.');
    return;
  }
  await subscribeGroup(group);
  const reading = await pool.use((sql) => readMemberships(sql, schema, [session.userId]));
  const allowed = reading.of(session.userId);

  if (message.position !== null) await logReaches(group, session.userId, reading.snapshot);

  const plan = await planWelcome(group, session, message, status, allowed, reading.snapshot);
  const ready: SessionReady = {
    clientId: message.clientId,
    clientIds,
    epoch: status.epoch,
    held: pick(allowed, plan.keep),
    gaining: pick(allowed, plan.gain),
    lost: {},
    membershipSnapshot: reading.snapshot,
    staged: [],
  };
  sockets.save({ ...session, ready });
  if (plan.position) sockets.advance(ws, plan.position.lsn);
  await subscribeGroup(group);
  send(ws, {
    type: 'welcome',
    epoch: status.epoch,
    schema: 'ok',
    reset: plan.reset,
    keep: plan.keep,
    lose: plan.lose,
    gain: plan.gain,
    time: Date.now(),
  });
}

/**
 * Waits until the log has all that a database snapshot sees. Before that, a membership that ended and came back might
 * be in neither: not in the log's past, and seen as unchanged when it comes (SEMANTICS 7.4, 7.5).
 */
async function logReaches(group: Group, userId: string, snapshot: string): Promise<void> {
  const nonce = crypto.randomUUID();
  await group.pool.use((sql) => commitMarker(sql, { nonce, userId, snapshot, scopes: [] }));
  await group.replication.awaitMarker(nonce);
}

interface WelcomePlan {
  readonly reset: boolean;
  /** Where the session goes on; null when it begins with a download. */
  readonly position: Position | null;
  readonly keep: readonly ScopeKey[];
  readonly lose: readonly ScopeKey[];
  readonly gain: readonly ScopeKey[];
}

async function planWelcome(
  group: Group,
  session: Session,
  { position, scopes }: Hello,
  status: ReplicationStatus,
  allowed: Memberships,
  membershipSnapshot: string,
): Promise<WelcomePlan> {
  const all = [...allowed.keys()];
  const lose = scopes.filter((scope) => !allowed.has(scope));
  if (position === null) return { reset: false, position: null, keep: [], lose, gain: all };
  const continues =
    position.epoch === status.epoch && position.lsn >= status.floor.lsn && position.lsn <= status.durable;
  const since = continues ? await membershipChanges(group, position) : null;
  if (since === null) return { reset: true, position: null, keep: [], lose, gain: all };

  // A membership that ended after the client's position is a loss and a gain, even if it came back (SEMANTICS 7.5).
  const snapshot = parsePgSnapshot(membershipSnapshot);
  const seen = since.filter(({ xid }) => sees(snapshot, BigInt(xid))); // the session meets the others in the stream
  const interrupted = endedScopes(group.schema, session.userId, scopes, seen);
  const had = scopes.filter((scope) => allowed.has(scope));
  const again = had.filter((scope) => interrupted.has(scope));
  const keep = had.filter((scope) => !interrupted.has(scope));
  const before = new Map(keep.map((scope) => [scope, allowed.get(scope) ?? '']));
  const { gained } = compareMemberships(group.schema, before, allowed);
  return { reset: false, position, keep, lose: [...lose, ...again], gain: gained };
}

/** Transactions after a position that change who belongs where; null when the log does not reach back that far. */
async function membershipChanges(group: Group, { epoch, lsn }: Position): Promise<LogTransaction[] | null> {
  const tables = [...new Set(group.schema.scopes.flatMap((scope) => scope.memberTables))];
  const found = await group.replication.changesOf(epoch, lsn, tables);
  // A net run says where a row ended up; the marks beside it say what happened on the way.
  return found === null ? null : (JSON.parse(found) as LogTransaction[]).filter(({ net }) => net !== true);
}

const pick = (allowed: Memberships, scopes: readonly ScopeKey[]): Held[] =>
  scopes.map((scope) => [scope, allowed.get(scope) ?? ''] as const);

async function ownedByOthers(group: Group, clientIds: readonly string[], userId: string): Promise<boolean> {
  const rows = await group.pool.use((sql) =>
    sql.rows(`select 1 from vibestack.sync_client where client_id = any($1::uuid[]) and user_id <> $2::uuid limit 1`, [
      `{${clientIds.join(',')}}`,
      userId,
    ]),
  );
  return rows.length > 0;
}
