import { tupleToRow, type PgoutputMessage, type Relation } from '../../pgoutput/messages.ts';

type Values = ReturnType<typeof tupleToRow>;

/** A change by names, without what differs between ways of delivery. */
export type Change =
  | { readonly kind: 'insert'; readonly table: string; readonly row: Values }
  | { readonly kind: 'update'; readonly table: string; readonly row: Values; readonly old: Values | null }
  | { readonly kind: 'delete'; readonly table: string; readonly old: Values }
  | { readonly kind: 'truncate'; readonly tables: readonly string[] }
  | { readonly kind: 'message'; readonly prefix: string; readonly content: string };

export interface Transaction {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
  /** Where it was replicated from. */
  readonly origin: string | null;
  readonly changes: readonly Change[];
}

interface Pending {
  readonly xid: number;
  origin: string | null;
  changes: { readonly subxid: number; readonly change: Change }[];
}

/** Reduces messages to committed transactions, whether they came whole or in streamed blocks. */
export class Transactions {
  readonly committed: Transaction[] = [];
  /** Logical messages that belong to no transaction. */
  readonly loose: string[] = [];
  /** Blocks of streamed transactions. */
  blocks = 0;
  aborts = 0;
  readonly #streamed = new Map<number, Pending>();
  #current: Pending | null = null;

  push(message: PgoutputMessage): void {
    switch (message.kind) {
      case 'begin':
        this.#enter({ xid: message.xid, origin: null, changes: [] });
        return;
      case 'commit':
        this.#commit(this.#need(), message);
        this.#current = null;
        return;
      case 'stream-start': {
        const pending = this.#streamed.get(message.xid) ?? { xid: message.xid, origin: null, changes: [] };
        if (message.first !== !this.#streamed.has(message.xid)) throw new Error('A first block that is not, or none');
        this.#streamed.set(message.xid, pending);
        this.#enter(pending);
        this.blocks++;
        return;
      }
      case 'stream-stop':
        this.#need();
        this.#current = null;
        return;
      case 'stream-commit':
        this.#commit(this.#take(message.xid), message);
        return;
      case 'stream-abort':
        this.#abort(message.xid, message.subxid);
        return;
      case 'origin':
        this.#need().origin = message.name;
        return;
      case 'relation':
      case 'type':
        return;
      case 'message':
        if (!message.transactional) this.loose.push(new TextDecoder().decode(message.content));
        else this.#add(message.xid, toChange(message));
        return;
      default:
        this.#add(message.xid, toChange(message));
    }
  }

  #enter(pending: Pending): void {
    if (this.#current) throw new Error('A transaction begins inside another');
    this.#current = pending;
  }

  #add(subxid: number | undefined, change: Change): void {
    const pending = this.#need();
    pending.changes.push({ subxid: subxid ?? pending.xid, change });
  }

  #commit({ xid, origin, changes }: Pending, { commitLsn, endLsn }: { commitLsn: bigint; endLsn: bigint }): void {
    this.committed.push({ xid, commitLsn, endLsn, origin, changes: changes.map(({ change }) => change) });
  }

  #abort(xid: number, subxid: number): void {
    this.aborts++;
    const pending = this.#streamed.get(xid); // or it was over before it was decoded
    if (xid === subxid) this.#streamed.delete(xid);
    if (pending) pending.changes = pending.changes.filter((change) => change.subxid !== subxid);
  }

  #take(xid: number): Pending {
    const pending = this.#streamed.get(xid);
    if (!pending) throw new Error(`Transaction ${xid} was not streamed`);
    this.#streamed.delete(xid);
    return pending;
  }

  #need(): Pending {
    if (!this.#current) throw new Error('A message outside of a transaction');
    return this.#current;
  }
}

type Changing = Extract<PgoutputMessage, { kind: Change['kind'] }>;

function toChange(message: Changing): Change {
  switch (message.kind) {
    case 'insert':
      return { kind: 'insert', table: nameOf(message.relation), row: tupleToRow(message.relation, message.row) };
    case 'update':
      return {
        kind: 'update',
        table: nameOf(message.relation),
        row: tupleToRow(message.relation, message.row),
        old: message.old && tupleToRow(message.relation, message.old),
      };
    case 'delete':
      return { kind: 'delete', table: nameOf(message.relation), old: tupleToRow(message.relation, message.old) };
    case 'truncate':
      return { kind: 'truncate', tables: message.relations.map(nameOf) };
    case 'message':
      return { kind: 'message', prefix: message.prefix, content: new TextDecoder().decode(message.content) };
  }
}

const nameOf = ({ schema, name }: Relation): string => `${schema}.${name}`;
