import { widenXid, type PgoutputMessage, type Relation, type Tuple } from '@vibestack/replication';
import { RESULT_TABLE, clientScope } from '@vibestack/sync-core';
import {
  hlcFromBigInt,
  lsnFromBigInt,
  scopeKey,
  type Lsn,
  type ScopeKey,
  type SyncSchema,
  type SyncTable,
} from '@vibestack/sync-types';
import { MARKER_PREFIX } from '../markers.ts';
import { OpenTransaction } from './open-transaction.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { SCOPE_ALL, type LogStep } from './steps.ts';
import { planTable, type TablePlan } from './table-plan.ts';
import { planResults, type ResultPlan } from './result-plan.ts';

/** Prefix of logical messages by which a trigger tells that it raised a clock above now. */
const CLOCK_PREFIX = 'vibestack.clock';
/** Characters of JSON after which a transaction is staged in part, and a segment of whole ones is closed. */
const LIMIT = 256 * 1024;

type Plan =
  | { readonly of: 'table'; readonly table: TablePlan }
  | { readonly of: 'results'; readonly results: ResultPlan }
  | { readonly of: 'nothing' };

const NOTHING: Plan = { of: 'nothing' };

/** Told when a layout has columns that the schema does not know. */
export type OnIgnored = (table: string, columns: readonly string[]) => void;

/**
 * Turns the messages of a change source into steps for the log. Memory does not grow with a transaction: what is more
 * than {@link LIMIT} of it waits in storage for its commit (SEMANTICS 2.1), as do those that are streamed while open.
 *
 * @throws {ReplicationProblem} from {@link push}: the tables are not what the schema says
 */
export class Assembler {
  readonly #tables: ReadonlyMap<string, SyncTable>;
  readonly #memberTables: ReadonlySet<string>;
  readonly #reference: bigint;
  readonly #onIgnored: OnIgnored;
  readonly #plans = new WeakMap<Relation, Plan>();
  readonly #streamed = new Map<number, OpenTransaction>();
  readonly #segment = new SegmentBuilder();
  #current: OpenTransaction | null = null;
  #steps: LogStep[] = [];
  #passed = 0n;

  /** @param xidReference  a recent full transaction id, by which 32-bit ids are widened */
  constructor(schema: SyncSchema, xidReference: bigint, onIgnored: OnIgnored = () => undefined) {
    this.#tables = new Map(schema.tables.map((table) => [table.name, table]));
    this.#memberTables = new Set(schema.scopes.flatMap((scope) => scope.memberTables));
    this.#reference = xidReference;
    this.#onIgnored = onIgnored;
  }

  /** Nothing waits in memory for a commit that was already delivered in part, or to become a segment. */
  get isLevel(): boolean {
    return this.#current === null && this.#segment.isEmpty && this.#steps.length === 0;
  }

  /** End LSN of the last transaction in which nothing was ours: the log has no entry of it. */
  get passed(): bigint {
    return this.#passed;
  }

  /** Takes one message; what follows from it waits in {@link take}. */
  push(message: PgoutputMessage): void {
    switch (message.kind) {
      case 'begin':
        this.#current = this.#open(message.xid, message.commitTime, lsnFromBigInt(message.finalLsn));
        break;
      case 'commit':
        this.#commit(this.#need(), message.endLsn);
        this.#current = null;
        break;
      case 'insert':
        this.#insert(message.relation, message.row, message.xid);
        break;
      case 'update':
        this.#update(message.relation, message.old, message.oldKind, message.row, message.xid);
        break;
      case 'delete':
        this.#delete(message.relation, message.old, message.xid);
        break;
      case 'truncate':
        for (const relation of message.relations) this.#truncate(relation, message.xid);
        break;
      case 'message':
        if (message.transactional) this.#message(message.prefix, message.content, message.xid);
        break;
      case 'stream-start': {
        const open = this.#streamed.get(message.xid) ?? this.#open(message.xid, 0n, null);
        this.#streamed.set(message.xid, open);
        this.#current = open;
        break;
      }
      case 'stream-stop':
        this.#current = null;
        break;
      case 'stream-commit':
        this.#streamCommit(message.xid, message.commitLsn, message.commitTime, message.endLsn);
        break;
      case 'stream-abort':
        this.#streamAbort(message.xid, message.subxid);
        break;
      case 'relation':
        this.#plan(message.relation);
        break;
      case 'type':
      case 'origin':
        break;
      default:
        message satisfies never;
    }
  }

  /** Hands over what is to be done; with `all`, also what is committed and did not fill a segment. */
  take(all: boolean): LogStep[] {
    if (all) this.#close();
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  #open(xid: number, commitTime: bigint, lsn: Lsn | null): OpenTransaction {
    return new OpenTransaction(xid, widenXid(xid, this.#reference), clockOf(commitTime), lsn);
  }

  #commit(open: OpenTransaction, end: bigint): void {
    const { lsn } = open;
    if (lsn === null) throw new Error('A streamed transaction was committed like another');
    if (open.isEmpty) {
      this.#passed = end;
      return;
    }
    const head = JSON.stringify({ lsn, xid: String(open.fullXid), hlc: hlcFromBigInt(open.hlc) });
    if (open.staged) {
      this.#close();
      const rest = open.take();
      this.#steps.push({
        do: 'publish',
        head: this.#segment.alone(open, lsn, end, head),
        staged: open.xid,
        body: rest.body,
      });
      return;
    }
    this.#segment.add(open, lsn, end, `${head.slice(0, -1)},"changes":[${open.take().body}]}`);
    if (this.#segment.size >= LIMIT) this.#close();
  }

  #streamCommit(xid: number, commitLsn: bigint, commitTime: bigint, end: bigint): void {
    const open = this.#streamed.get(xid);
    if (!open) return; // nothing of it was ours to see
    this.#streamed.delete(xid);
    open.lsn = lsnFromBigInt(commitLsn);
    const clock = clockOf(commitTime);
    if (clock > open.hlc) open.hlc = clock;
    this.#commit(open, end);
  }

  #streamAbort(xid: number, subxid: number): void {
    const open = this.#streamed.get(xid);
    if (!open) return;
    if (xid === subxid) this.#streamed.delete(xid);
    else open.discard(subxid);
    if (open.staged) this.#steps.push({ do: 'discard', xid, subxid });
  }

  #insert(relation: Relation, row: Tuple, xid: number | undefined): void {
    const plan = this.#plan(relation);
    if (plan.of === 'nothing') return;
    if (plan.of === 'results') {
      const open = this.#need();
      const { client, hlc, json } = plan.results.read(row);
      if (hlc > open.hlc) open.hlc = hlc;
      const scope = clientScope(client);
      open.touch(scope);
      this.#record(RESULT_TABLE, `{"o":"i","t":"${RESULT_TABLE}","k":"","s":"${scope}","r":${json}}`, xid);
      return;
    }
    const { table } = plan;
    this.#inserted(table, table.key(row), table.scope(row), table.row(row), xid);
  }

  #inserted(plan: TablePlan, key: string, scope: ScopeKey, json: string, xid: number | undefined): void {
    this.#touch(plan, scope);
    this.#record(plan.table, `${plan.prefix.i}${JSON.stringify(key)},"s":${JSON.stringify(scope)},"r":${json}}`, xid);
  }

  #update(
    relation: Relation,
    old: Tuple | null,
    oldKind: 'key' | 'full' | null,
    row: Tuple,
    xid: number | undefined,
  ): void {
    const plan = this.#plan(relation);
    if (plan.of !== 'table') return;
    const { table } = plan;
    const key = table.key(row);
    const s = table.scope(row);
    const p = old === null ? s : table.scope(old);
    if (old !== null && table.key(old) !== key) {
      table.requireWhole(row);
      this.#deleted(table, old, xid);
      this.#inserted(table, key, s, table.row(row), xid);
      return;
    }
    if (p !== s) table.requireWhole(row);
    const whole = oldKind === 'full' ? old : null;
    const json = p === s && whole !== null && !table.isMember ? table.changed(whole, row) : table.row(row);
    const was = table.isMember && whole !== null ? `,"w":${table.was(whole, row)}` : '';
    this.#touch(table, s);
    if (p !== s) this.#touch(table, p);
    this.#record(
      table.table,
      `${table.prefix.u}${JSON.stringify(key)},"s":${JSON.stringify(s)},"p":${JSON.stringify(p)},"r":${json}${was}}`,
      xid,
    );
  }

  #delete(relation: Relation, old: Tuple, xid: number | undefined): void {
    const plan = this.#plan(relation);
    if (plan.of === 'table') this.#deleted(plan.table, old, xid);
  }

  #deleted(plan: TablePlan, old: Tuple, xid: number | undefined): void {
    const scope = plan.scope(old);
    this.#touch(plan, scope);
    const [key, p] = [JSON.stringify(plan.key(old)), JSON.stringify(scope)];
    this.#record(plan.table, `${plan.prefix.d}${key},"p":${p},"r":${plan.row(old)}}`, xid);
  }

  #truncate(relation: Relation, xid: number | undefined): void {
    const plan = this.#plan(relation);
    if (plan.of !== 'table') return;
    this.#need().touch(SCOPE_ALL);
    this.#record(plan.table.table, `${plan.table.prefix.t}"","r":{}}`, xid);
  }

  #message(prefix: string, content: Uint8Array, xid: number | undefined): void {
    if (prefix !== CLOCK_PREFIX && prefix !== MARKER_PREFIX) return;
    const text = new TextDecoder().decode(content);
    const open = this.#need();
    if (prefix === CLOCK_PREFIX) {
      const clock = BigInt(text);
      if (clock > open.hlc) open.hlc = clock;
      return;
    }
    const { nonce, userId } = JSON.parse(text) as { nonce: string; userId: string };
    open.mark({ nonce, content: text }, xid ?? open.xid);
    open.touch(scopeKey('user', userId));
  }

  #touch(plan: TablePlan, scope: ScopeKey): void {
    const open = this.#need();
    open.touch(scope);
    if (plan.isMember) open.touch(SCOPE_ALL);
  }

  #record(table: string, json: string, xid: number | undefined): void {
    const open = this.#need();
    open.tables.add(table);
    open.add(json, xid ?? open.xid);
    if (open.size < LIMIT) return;
    this.#steps.push({ do: 'stage', xid: open.xid, ...open.take() });
    open.staged = true;
  }

  #close(): void {
    const segment = this.#segment.take();
    if (segment) this.#steps.push({ do: 'publish', staged: null, ...segment });
  }

  #plan(relation: Relation): Plan {
    const known = this.#plans.get(relation);
    if (known) return known;
    const plan = this.#makePlan(relation);
    this.#plans.set(relation, plan);
    return plan;
  }

  #makePlan(relation: Relation): Plan {
    if (relation.schema === 'vibestack') {
      return relation.name === 'sync_result' ? { of: 'results', results: planResults(relation) } : NOTHING;
    }
    const table = relation.schema === 'public' ? this.#tables.get(relation.name) : undefined;
    if (!table) return NOTHING;
    const plan = planTable(table, relation, this.#memberTables.has(table.name));
    this.#onIgnored(table.name, plan.ignored);
    return { of: 'table', table: plan };
  }

  #need(): OpenTransaction {
    if (this.#current) return this.#current;
    throw new Error('A change outside a transaction: the stream is not what it should be');
  }
}

/** Commit time in microseconds → hybrid logical clock. */
const clockOf = (commitTime: bigint): bigint => (commitTime / 1000n) << 16n;
