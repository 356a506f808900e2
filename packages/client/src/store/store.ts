import { observe, tick } from '@vibestack/sync-core';
import {
  HLC_ZERO,
  parseScopeKey,
  type Epoch,
  type Hlc,
  type IntervalMessage,
  type Lsn,
  type Mutation,
  type MutationResult,
  type Position,
  type Row,
  type ScopeKey,
  type SyncTable,
} from '@vibestack/sync-types';
import { admitStaged, clearTables } from './admit.ts';
import { Changes } from './changed.ts';
import { collapse, type Captured } from './collapse.ts';
import { GapError, StagingMissingError } from './errors.ts';
import { netChanges } from './net-changes.ts';
import { prepare } from './open.ts';
import {
  PENDING_SQL,
  REJECTIONS_SQL,
  adoptMutation,
  contentHash,
  enqueue,
  readMutation,
  readRejection,
  settle,
} from './outbox.ts';
import { applyToShadows, quarantine, rebaseRows, writeShadows, type RowRef } from './pending-rows.ts';
import { applyNets, mainTarget } from './statements.ts';
import { FORGET_POSITION_SQL, quote } from './system-sql.ts';
import type {
  Applied,
  ChangedKeys,
  Database,
  StagedSnapshot,
  Store,
  StoreOptions,
  StoreState,
  Tx,
  Written,
} from './types.ts';

/** Opens the store in a database that may be new. @throws {LocalSchemaError} */
export async function openStore(db: Database, options: StoreOptions): Promise<Store> {
  await prepare(db, options.schema, options.migrations, options.newId);
  const store = new PgliteStore(db, options);
  await store.load();
  return store;
}

class PgliteStore implements Store {
  readonly #db: Database;
  readonly #options: StoreOptions;
  readonly #tables: ReadonlyMap<string, SyncTable>;
  readonly #staged = new Map<string, StagedSnapshot>();
  #clientId = '';
  #position: Position | null = null;
  #scopes: readonly ScopeKey[] = [];
  #clock: Hlc = HLC_ZERO;
  /** The next admission replaces all rows. */
  #replace = false;

  constructor(db: Database, options: StoreOptions) {
    this.#db = db;
    this.#options = options;
    this.#tables = new Map(options.schema.tables.map((table) => [table.name, table]));
  }

  get clientId(): string {
    return this.#clientId;
  }

  /** Reads what the database says of itself; also after a transaction that failed. */
  async load(): Promise<void> {
    const { rows } = await this.#db.query<{ key: string; value: string }>(`select key, value from vibestack.state`);
    const state = new Map(rows.map(({ key, value }) => [key, value]));
    const scopes = await this.#db.query<{ scope_key: ScopeKey }>(`select scope_key from vibestack.scope order by 1`);
    const lsn = state.get('lsn') as Lsn | undefined;
    const epoch = state.get('epoch') as Epoch | undefined;
    this.#clientId = state.get('client_id') ?? '';
    this.#position = lsn && epoch ? { epoch, lsn } : null;
    this.#clock = (state.get('clock') as Hlc | undefined) ?? HLC_ZERO;
    this.#replace = state.get('replace') === 'true';
    this.#scopes = scopes.rows.map(({ scope_key }) => scope_key);
  }

  state(): StoreState {
    return { position: this.#position, scopes: this.#scopes, clock: this.#clock };
  }

  async read<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.#db.transaction(async (tx) => {
      await tx.exec('set transaction read only');
      return (await tx.query<T>(sql, params)).rows;
    });
  }

  async transaction<T>(work: (tx: Pick<Tx, 'query'>) => Promise<T>): Promise<Written<T>> {
    const written = await this.#db.transaction(async (tx) => {
      const result = await work(tx);
      return { result, ...(await this.#record(tx)) };
    });
    if (written.mutation) this.#clock = written.mutation.hlc;
    return written;
  }

  stage(snapshot: StagedSnapshot): void {
    this.#staged.set(snapshot.nonce, snapshot);
  }

  discardStaged(): void {
    this.#staged.clear();
  }

  async applyInterval(message: IntervalMessage): Promise<Applied> {
    const at = this.#position;
    if (at?.epoch === message.epoch && message.to <= at.lsn && !message.admit) return { status: 'ignored' };
    if (message.from !== (at?.lsn ?? null) || (at && at.epoch !== message.epoch)) {
      throw new GapError(
        `The store stands at ${at?.lsn ?? 'nothing'}, the interval begins at ${message.from ?? 'nothing'}`,
      );
    }
    const nonce = message.admit?.nonce;
    if (nonce && !this.#staged.has(nonce)) throw new StagingMissingError('The admitted download is not here');
    const changed = await this.#applying((tx, changes) => this.#applyMessage(tx, message, changes));
    if (nonce) this.#staged.delete(nonce);
    return { status: 'applied', changed };
  }

  applyResults(results: readonly MutationResult[]): Promise<ChangedKeys> {
    return this.#applying(async (tx) => settle(tx, results));
  }

  async dropScopes(scopes: readonly ScopeKey[]): Promise<ChangedKeys> {
    for (const [nonce, staged] of this.#staged) {
      // What was staged for a scope that is gone must not come in later; the server will not admit it either.
      if (staged.scopes.every((scope) => scopes.includes(scope))) this.#staged.delete(nonce);
    }
    return this.#applying((tx, changes) => this.#dropRows(tx, scopes, changes));
  }

  async reset(): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.exec(FORGET_POSITION_SQL);
    });
    this.#staged.clear();
    await this.load();
  }

  async pending(limit: number): Promise<Mutation[]> {
    const { rows } = await this.#db.query<Parameters<typeof readMutation>[0]>(PENDING_SQL, [limit]);
    return rows.map(readMutation);
  }

  async pendingCount(): Promise<number> {
    const { rows } = await this.#db.query<{ n: number }>(`select count(*)::integer as n from vibestack.outbox`);
    return rows[0]?.n ?? 0;
  }

  async adopt(mutations: readonly Mutation[]): Promise<void> {
    await this.#applying(async (tx) => {
      const rows: RowRef[] = [];
      for (const mutation of mutations) rows.push(...(await adoptMutation(tx, mutation)));
      return rows;
    });
  }

  async watermarks(): Promise<Record<string, number>> {
    const { rows } = await this.#db.query<{ client_id: string; id: string }>(
      `select client_id, id::text from vibestack.watermark`,
    );
    return Object.fromEntries(rows.map(({ client_id, id }) => [client_id, Number(id)]));
  }

  async rejections() {
    const { rows } = await this.#db.query<Parameters<typeof readRejection>[0]>(REJECTIONS_SQL);
    return rows.map(readRejection);
  }

  async dismiss(clientId: string, id: number): Promise<void> {
    await this.#db.query(`delete from vibestack.rejection where client_id = $1 and id = $2`, [clientId, id]);
  }

  /** Turns what the triggers captured into one mutation, in the transaction that captured it. */
  async #record(tx: Tx): Promise<{ mutation: Mutation | null; changed: ChangedKeys }> {
    const changes = new Changes();
    const { rows } = await tx.query<{ table_name: string; row_key: string; old: string | null; new: string | null }>(
      `select table_name, row_key, "old", "new" from vibestack.capture order by seq`,
    );
    if (rows.length === 0) return { mutation: null, changed: changes.keys };
    await tx.exec(`delete from vibestack.capture`);
    const captured = rows.map((row): Captured => {
      if (row.row_key === '') changes.all(row.table_name);
      else changes.add(row.table_name, row.row_key);
      return { table: row.table_name, key: row.row_key, old: readRow(row.old), new: readRow(row.new) };
    });
    const { ops, before } = collapse(captured, this.#tables);
    if (ops.length === 0) return { mutation: null, changed: changes.keys };
    await writeShadows(tx, before, true);
    const taken = await tx.query<{ value: string }>(
      `update vibestack.state set value = (value::bigint + 1)::text where key = 'last_id' returning value`,
    );
    const mutation: Mutation = {
      clientId: this.#clientId,
      id: Number(taken.rows[0]?.value),
      hash: await contentHash(ops),
      hlc: tick(this.#clock, this.#options.now()),
      schemaVersion: this.#options.schema.version,
      ops,
    };
    await enqueue(tx, mutation);
    await setState(tx, { clock: mutation.hlc });
    return { mutation, changed: changes.keys };
  }

  /**
   * Runs `work` with capture switched off, then rebases the rows that it names. If pending rows stand in the way of
   * the server's truth, they are quarantined and all of it is done again (SEMANTICS 6.3).
   */
  async #applying(work: (tx: Tx, changes: Changes) => Promise<RowRef[]>): Promise<ChangedKeys> {
    for (let blocked: string | null | undefined, tries = 0; ; tries++) {
      const changes = new Changes();
      try {
        await this.#db.transaction(async (tx) => {
          await tx.exec(`select set_config('vibestack.applying', 'on', true)`);
          const aside = blocked === undefined ? [] : await quarantine(tx, blocked);
          const rows = await work(tx, changes);
          await rebaseRows(tx, this.#tables, unique([...aside, ...rows]), changes);
          await tx.exec('set constraints all immediate');
        });
        await this.load();
        return changes.keys;
      } catch (error) {
        const { code, table } = error as { code?: string; table?: string };
        if (!code?.startsWith('23') || tries > this.#tables.size) throw error;
        blocked = tries < this.#tables.size && table && blocked !== table ? table : null;
      }
    }
  }

  async #applyMessage(tx: Tx, message: IntervalMessage, changes: Changes): Promise<RowRef[]> {
    const rebased: RowRef[] = [];
    const results = message.transactions.flatMap((transaction) => transaction.results);
    let clock = this.#clock;
    for (const { hlc } of message.transactions) clock = observe(clock, hlc);

    const nets = netChanges(message.transactions, this.#tables);
    for (const [table, { rows, truncated }] of nets) {
      if (truncated) changes.all(table);
      for (const key of rows.keys()) changes.add(table, key);
    }
    rebased.push(...(await applyToShadows(tx, this.#tables, nets)));
    for (const [name, net] of nets) {
      const table = this.#tables.get(name);
      if (table) await applyNets(tx, mainTarget(table), net);
    }
    const { admit } = message;
    if (admit) {
      if (this.#replace) rebased.push(...(await clearTables(tx, this.#tables, changes)));
      const staged = admit.nonce === null ? undefined : this.#staged.get(admit.nonce);
      if (staged) {
        rebased.push(...(await admitStaged(tx, this.#tables, admit, staged, changes)));
        results.push(...staged.results, ...admit.transactions.flatMap((transaction) => transaction.results));
      }
      for (const { hlc } of admit.transactions) clock = observe(clock, hlc);
      for (const scope of admit.scopes) {
        await tx.query(`insert into vibestack.scope values ($1) on conflict do nothing`, [scope]);
      }
      await setState(tx, { replace: 'false' });
    }
    rebased.push(...(await settle(tx, results)));
    for (const { hlc } of results) clock = observe(clock, hlc);
    await setState(tx, { epoch: message.epoch, lsn: message.to, clock });
    return rebased;
  }

  async #dropRows(tx: Tx, scopes: readonly ScopeKey[], changes: Changes): Promise<RowRef[]> {
    const hidden: RowRef[] = [];
    for (const scope of scopes) {
      const { name, id } = parseScopeKey(scope);
      for (const table of this.#tables.values()) {
        const { column } = table.scope;
        if (table.scope.name !== name || column === undefined || id === undefined) continue;
        changes.all(table.name);
        const shadowed = await tx.query<{ row_key: string }>(
          `with gone as (delete from ${mainTarget(table).relation} where ${quote(column)}::text = $2 returning ${keySql(table)} as k)
           update vibestack.shadow s set "row" = null where s.table_name = $1
             and (s.row_key in (select k from gone) or s."row"::json ->> $3 = $2) returning s.row_key`,
          [table.name, id, column],
        );
        for (const { row_key } of shadowed.rows) {
          await tx.query(`insert into vibestack.quarantine values ($1, $2) on conflict do nothing`, [
            table.name,
            row_key,
          ]);
          hidden.push({ table: table.name, key: row_key });
        }
      }
      await tx.query(`delete from vibestack.scope where scope_key = $1`, [scope]);
    }
    return hidden;
  }
}

const readRow = (json: string | null): Row | null => (json === null ? null : (JSON.parse(json) as Row));

const unique = (rows: readonly RowRef[]): RowRef[] => [
  ...new Map(rows.map((row) => [`${row.table}\n${row.key}`, row])).values(),
];

const keySql = ({ key }: SyncTable): string =>
  key.length === 1
    ? `${quote(key[0] ?? '')}::text`
    : `'[' || ${key.map((column) => `to_json(${quote(column)}::text)::text`).join(` || ',' || `)} || ']'`;

async function setState(tx: Tx, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    await tx.query(
      `insert into vibestack.state values ($1, $2) on conflict (key) do update set value = excluded.value`,
      [key, value],
    );
  }
}
