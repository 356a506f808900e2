import { tupleToRow, type PgoutputMessage } from '../messages.ts';

/** A transaction that committed, and what it did, in words that do not depend on the protocol's version. */
export interface Committed {
  readonly commitLsn: bigint;
  readonly changes: readonly unknown[];
}

interface Staged {
  readonly xid: number | undefined;
  readonly change: unknown;
}

/** Puts streamed blocks together and leaves out what was rolled back: what remains, in the order of the commits. */
export function committed(messages: readonly PgoutputMessage[]): Committed[] {
  const done: Committed[] = [];
  const streams = new Map<number, Staged[]>();
  let open: Staged[] = [];
  for (const message of messages) {
    switch (message.kind) {
      case 'begin':
        open = [];
        break;
      case 'commit':
        done.push({ commitLsn: message.commitLsn, changes: open.map(({ change }) => change) });
        break;
      case 'stream-start':
        open = streams.get(message.xid) ?? [];
        streams.set(message.xid, open);
        break;
      case 'stream-stop':
        open = [];
        break;
      case 'stream-abort': {
        const { xid, subxid } = message;
        if (xid === subxid) streams.delete(xid);
        else streams.set(xid, streams.get(xid)?.filter((staged) => staged.xid !== subxid) ?? []);
        break;
      }
      case 'stream-commit': {
        const changes = (streams.get(message.xid) ?? []).map(({ change }) => change);
        done.push({ commitLsn: message.commitLsn, changes });
        streams.delete(message.xid);
        break;
      }
      case 'relation':
      case 'type':
      case 'origin':
        break;
      case 'insert':
      case 'update':
      case 'delete':
      case 'truncate':
      case 'message':
        open.push({ xid: message.xid, change: describeChange(message) });
        break;
      default: {
        const never: never = message;
        return never;
      }
    }
  }
  return done;
}

type Change = Extract<PgoutputMessage, { kind: 'insert' | 'update' | 'delete' | 'truncate' | 'message' }>;

function describeChange(change: Change): unknown {
  switch (change.kind) {
    case 'insert':
      return [change.relation.name, '+', tupleToRow(change.relation, change.row)];
    case 'update': {
      const old = change.old === null ? null : tupleToRow(change.relation, change.old);
      return [change.relation.name, change.oldKind, old, tupleToRow(change.relation, change.row)];
    }
    case 'delete':
      return [change.relation.name, change.oldKind, tupleToRow(change.relation, change.old)];
    case 'truncate':
      return ['truncate', change.relations.map(({ name }) => name), change.cascade, change.restartIdentity];
    case 'message':
      return [change.prefix, change.lsn, new TextDecoder().decode(change.content)];
    default: {
      const never: never = change;
      return never;
    }
  }
}
