import { filterTransaction, type LogTransaction } from '@vibestack/sync-core';
import {
  CloseCode,
  type Admission,
  type IntervalMessage,
  type Lsn,
  type ScopeKey,
  type Transaction,
} from '@vibestack/sync-types';
import type { Group } from './group.ts';
import { readHistory } from './history.ts';
import { applyMembershipChanges } from './membership-step.ts';
import type { SessionReady } from './session.ts';
import { refuse, send, type Connected } from './sockets.ts';
import { viewOf } from './view.ts';

/** A session that stands in the stream. */
interface Live extends Connected {
  readonly ready: SessionReady;
  readonly lsn: Lsn;
}

/**
 * Sends every session that stands in the stream what it may see of what is new, page by page, until all are level
 * with the log. The session furthest behind decides where reading starts.
 */
export async function deliver(group: Group): Promise<void> {
  for (;;) {
    const behind = liveSessions(group);
    const [slowest] = behind;
    if (!slowest) return;
    const { epoch } = slowest.ready;
    const from = behind.reduce((least, { lsn }) => (lsn < least ? lsn : least), slowest.lsn);
    const page = await readHistory(group, epoch, from);
    if (page === null) {
      // Another epoch, or the floor overtook us. The client comes back and is told what to replace.
      for (const { ws } of behind) refuse(ws, CloseCode.restart, 'log_moved', 'History begins anew; reconnect.');
      return;
    }
    if (page.to === from) return;
    await deliverPage(group, page.transactions, from, page.to);
    if (!page.more && liveSessions(group).every(({ lsn }) => lsn >= page.to)) return;
  }
}

/** Sessions in the stream, of the epoch of the first one: others are refused when their turn comes. */
function liveSessions(group: Group): Live[] {
  const live = group.sockets.all().flatMap(({ ws, session }): Live[] => {
    const lsn = group.sockets.position(ws);
    return session.ready && lsn !== null ? [{ ws, session, ready: session.ready, lsn }] : [];
  });
  return live.filter(({ ready }) => ready.epoch === live[0]?.ready.epoch);
}

async function deliverPage(group: Group, all: readonly LogTransaction[], from: Lsn, to: Lsn): Promise<void> {
  const transactions = all.filter(({ lsn }) => lsn > from && lsn <= to);
  const born = await applyMembershipChanges(group, liveSessions(group), transactions);
  for (const { ws, session, ready, lsn } of liveSessions(group)) {
    if (lsn >= to) continue;
    const mine = transactions.filter((transaction) => transaction.lsn > lsn);
    const fresh = born.get(session.id);
    sendInterval(group, ws, ready, lsn, to, mine, fresh && { nonce: null, scopes: fresh, transactions: [] });
  }
}

function sendInterval(
  group: Group,
  ws: WebSocket,
  ready: SessionReady,
  from: Lsn,
  to: Lsn,
  transactions: readonly LogTransaction[],
  admit?: Admission,
): void {
  const visible = visibleTo(group, ready, transactions);
  const message: IntervalMessage = { type: 'interval', epoch: ready.epoch, from, to, transactions: visible };
  send(ws, admit ? { ...message, admit } : message);
  group.sockets.advance(ws, to);
}

/** What a session may see of some transactions, by the scopes that it holds. */
export function visibleTo(
  group: Group,
  ready: SessionReady,
  transactions: readonly LogTransaction[],
  scopes?: readonly ScopeKey[],
  clientIds: readonly string[] = ready.clientIds,
): Transaction[] {
  const held = scopes ? ready.gaining.filter(([scope]) => scopes.includes(scope)) : ready.held;
  const view = viewOf(group.schema, held, clientIds);
  return transactions.flatMap((transaction) => filterTransaction(transaction, view) ?? []);
}
