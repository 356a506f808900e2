import { widenXid, type StreamMessage } from '@vibestack/replication';
import { RESULT_TABLE, SCOPE_NONE, clientScope, type LogChange } from '@vibestack/sync-core';
import {
  hlcFromBigInt,
  lsnFromBigInt,
  rowKey,
  scopeKey,
  type Hlc,
  type Lsn,
  type Row,
  type ScopeKey,
  type SyncSchema,
  type SyncTable,
} from '@vibestack/sync-types';

/** A snapshot's marker, found in the WAL (SEMANTICS 3.1). */
export interface Marker {
  readonly nonce: string;
  readonly content: string;
}

/** A run of changes on its way into the log: part of a transaction, or one or more whole ones. */
export interface Run {
  /** Commit LSNs of the first and the last transaction. */
  readonly from: Lsn;
  readonly to: Lsn;
  /** The last transaction of the run ends in it. */
  readonly complete: boolean;
  /** End LSN of the last transaction: what may be acknowledged once the run is durable. Zero when not complete. */
  readonly end: bigint;
  /** Lowest and highest full transaction id. */
  readonly minXid: bigint;
  readonly maxXid: bigint;
  readonly scopes: ReadonlySet<ScopeKey>;
  readonly tables: ReadonlySet<string>;
  readonly markers: readonly Marker[];
  /** JSON: an array of `LogTransaction`. */
  readonly body: string;
}

/** The scope that stands for everybody: TRUNCATE, changes of who belongs where. */
export const SCOPE_ALL = '*' as ScopeKey;

/** Prefix of logical messages that carry a snapshot's marker. */
export const MARKER_PREFIX = 'vibestack.snapshot';
/** Prefix of logical messages by which a trigger tells that it raised a clock above now. */
const CLOCK_PREFIX = 'vibestack.clock';

/** Characters of JSON in one run before it is cut, in the middle of a transaction if need be. */
const RUN_LIMIT = 256 * 1024;

interface Open {
  readonly lsn: Lsn;
  readonly xid: bigint;
  hlc: bigint;
  changes: string[];
}

/**
 * Turns the messages of a replication stream into runs for the log. Memory does not grow with the transaction: what
 * has been cut off waits in storage for its commit (SEMANTICS 2.1).
 */
export class Assembler {
  readonly #tables: ReadonlyMap<string, SyncTable>;
  readonly #memberTables: ReadonlySet<string>;
  readonly #reference: bigint;
  #open: Open | null = null;
  #done: string[] = [];
  #size = 0;
  #from: Lsn | null = null;
  #minXid = 0n;
  #maxXid = 0n;
  #scopes = new Set<ScopeKey>();
  #seenTables = new Set<string>();
  #markers: Marker[] = [];
  #ready: Run[] = [];
  #last: { lsn: Lsn; end: bigint } | null = null;

  /** @param xidReference  a recent full transaction id, by which 32-bit ids are widened */
  constructor(schema: SyncSchema, xidReference: bigint) {
    this.#tables = new Map(schema.tables.map((table) => [table.name, table]));
    this.#memberTables = new Set(schema.scopes.flatMap((scope) => scope.memberTables));
    this.#reference = xidReference;
  }

  /** Whether a transaction is begun and not committed. */
  get inTransaction(): boolean {
    return this.#open !== null;
  }

  /** Takes one message; runs that became full wait in {@link takeRuns}. */
  push(message: StreamMessage): void {
    switch (message.kind) {
      case 'begin':
        this.#begin(message.finalLsn, message.xid, message.commitTime);
        break;
      case 'commit':
        this.#commit(message.endLsn);
        break;
      case 'insert':
        this.#insert(message.relation.schema, message.relation.name, message.row);
        break;
      case 'update':
        this.#update(message.relation.schema, message.relation.name, message.old, message.oldKind, message.row);
        break;
      case 'delete':
        this.#delete(message.relation.schema, message.relation.name, message.old);
        break;
      case 'truncate':
        for (const { schema, name } of message.relations) {
          const table = this.#table(schema, name);
          if (table) this.#record({ o: 't', t: name, k: '', r: {} }, [SCOPE_ALL]);
        }
        break;
      case 'message':
        if (message.transactional) this.#message(message.prefix, message.content);
        break;
      default:
        break; // relation, type, origin and keepalive change nothing in the log
    }
  }

  /** Hands over what is full; with `all`, also what is committed and did not fill a run (unless one is half read). */
  takeRuns(all: boolean): Run[] {
    if (all && !this.#open && this.#last) this.#cut(true, this.#last.lsn, this.#last.end);
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #begin(finalLsn: bigint, xid: number, commitTime: bigint): void {
    const open = {
      lsn: lsnFromBigInt(finalLsn),
      xid: widenXid(xid, this.#reference),
      hlc: (commitTime / 1000n) << 16n,
      changes: [],
    };
    this.#open = open;
    if (this.#from === null) this.#startRun(open);
    if (open.xid < this.#minXid) this.#minXid = open.xid;
    if (open.xid > this.#maxXid) this.#maxXid = open.xid;
  }

  #startRun(open: Open): void {
    this.#from = open.lsn;
    this.#minXid = open.xid;
    this.#maxXid = open.xid;
  }

  #commit(end: bigint): void {
    const open = this.#need();
    this.#closePart(open);
    this.#open = null;
    this.#last = { lsn: open.lsn, end };
    if (this.#size >= RUN_LIMIT) this.#cut(true, open.lsn, end);
  }

  #insert(schema: string, name: string, row: Row): void {
    if (schema === 'vibestack') {
      if (name === 'sync_result') this.#result(row);
      return;
    }
    const table = this.#table(schema, name);
    if (!table) return;
    const s = scopeOf(table, row);
    this.#record({ o: 'i', t: name, k: rowKey(table.key, row), s, r: row }, [s]);
  }

  #result(row: Row): void {
    const hlc = BigInt(row['effective_hlc'] ?? 0);
    const open = this.#need();
    if (hlc > open.hlc) open.hlc = hlc;
    const scope = clientScope(row['client_id'] ?? '');
    this.#record({ o: 'i', t: RESULT_TABLE, k: '', s: scope, r: row }, [scope]);
  }

  #update(schema: string, name: string, old: Row | null, oldKind: 'key' | 'full' | null, row: Row): void {
    const table = this.#table(schema, name);
    if (!table) return;
    const before = old ?? row;
    const p = scopeOf(table, { ...row, ...before });
    const s = scopeOf(table, row);
    const k = rowKey(table.key, row);
    const oldKey = rowKey(table.key, { ...row, ...before });
    if (oldKey !== k) {
      this.#record({ o: 'd', t: name, k: oldKey, p, r: before }, [p]);
      this.#record({ o: 'i', t: name, k, s, r: row }, [s]);
      return;
    }
    const r = p === s && oldKind === 'full' && old ? changedColumns(table, old, row) : row;
    this.#record({ o: 'u', t: name, k, s, p, r }, p === s ? [s] : [p, s]);
  }

  #delete(schema: string, name: string, old: Row): void {
    const table = this.#table(schema, name);
    if (!table) return;
    const p = scopeOf(table, old);
    this.#record({ o: 'd', t: name, k: rowKey(table.key, old), p, r: old }, [p]);
  }

  #message(prefix: string, content: Uint8Array): void {
    const text = new TextDecoder().decode(content);
    const open = this.#need();
    if (prefix === CLOCK_PREFIX) {
      const clock = BigInt(text);
      if (clock > open.hlc) open.hlc = clock;
    } else if (prefix === MARKER_PREFIX) {
      const marker = JSON.parse(text) as { nonce: string; userId: string };
      this.#markers.push({ nonce: marker.nonce, content: text });
      this.#scopes.add(scopeKey('user', marker.userId));
    }
  }

  #record(change: LogChange, scopes: readonly ScopeKey[]): void {
    const open = this.#need();
    const text = JSON.stringify(change);
    open.changes.push(text);
    this.#size += text.length + 1;
    for (const scope of scopes) this.#scopes.add(scope);
    this.#seenTables.add(change.t);
    if (this.#memberTables.has(change.t)) this.#scopes.add(SCOPE_ALL);
    if (this.#size >= RUN_LIMIT) {
      this.#closePart(open);
      this.#cut(false, open.lsn, 0n);
      this.#startRun(open);
    }
  }

  #closePart(open: Open): void {
    const head = JSON.stringify({ lsn: open.lsn, xid: String(open.xid), hlc: hlcFromBigInt(open.hlc) satisfies Hlc });
    this.#done.push(`${head.slice(0, -1)},"changes":[${open.changes.join(',')}]}`);
    open.changes = [];
  }

  #cut(complete: boolean, to: Lsn, end: bigint): void {
    if (this.#from === null) return;
    this.#ready.push({
      from: this.#from,
      to,
      complete,
      end,
      minXid: this.#minXid,
      maxXid: this.#maxXid,
      scopes: this.#scopes,
      tables: this.#seenTables,
      markers: this.#markers,
      body: `[${this.#done.join(',')}]`,
    });
    this.#done = [];
    this.#size = 0;
    this.#from = null;
    this.#scopes = new Set();
    this.#seenTables = new Set();
    this.#markers = [];
  }

  #table(schema: string, name: string): SyncTable | undefined {
    return schema === 'public' ? this.#tables.get(name) : undefined;
  }

  #need(): Open {
    if (this.#open) return this.#open;
    throw new Error('A change outside a transaction: the stream is not what it should be');
  }
}

/** @returns the scope that a row belongs to */
export function scopeOf(table: SyncTable, row: Row): ScopeKey {
  if (table.scope.column === undefined) return scopeKey(table.scope.name);
  const id = row[table.scope.column];
  return id === null || id === undefined ? SCOPE_NONE : scopeKey(table.scope.name, id);
}

function changedColumns(table: SyncTable, old: Row, row: Row): Row {
  const out: Record<string, string | null> = {};
  for (const [column, value] of Object.entries(row)) {
    if (table.key.includes(column) || old[column] !== value) out[column] = value;
  }
  return out;
}
