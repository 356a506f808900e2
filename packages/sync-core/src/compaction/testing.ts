import {
  hlcFromBigInt,
  lsnFromBigInt,
  rowKey,
  scopeKey,
  type Change,
  type Lsn,
  type Row,
  type ScopeKey,
  type SyncTable,
  type Transaction,
} from '@vibestack/sync-types';
import fc from 'fast-check';
import type { View } from '../filter.ts';
import { RESULT_TABLE, SCOPE_NONE, clientScope, type LogChange, type LogTransaction } from '../log.ts';

const column = (name: string) => ({ name, type: 'text', nullable: true, hasDefault: false, readOnly: false });
const table = (name: string, key: readonly string[], scope: SyncTable['scope']): SyncTable => ({
  name,
  level: 0,
  key,
  columns: [...key, ...(scope.column === undefined ? [] : [scope.column]), 'title', 'note'].map(column),
  scope,
  access: { read: ['viewer'], write: ['viewer'] },
  merge: 'column',
  category: 'domain',
});

const project = { name: 'project', column: 'project_id' };
const task = table('task', ['id'], project);
const member = table('member', ['project', 'person'], project);
const setting = table('setting', ['id'], { name: 'global' });
const TABLES = [task, member, setting];

export const TABLES_BY_NAME: ReadonlyMap<string, SyncTable> = new Map(TABLES.map((one) => [one.name, one]));
export const MEMBER_TABLES: ReadonlySet<string> = new Set(['member']);

/** Of a table: the rows, every column of them. */
type Rows = ReadonlyMap<string, Row>;
/** The server's rows at one moment, by table. */
type State = ReadonlyMap<string, Rows>;

/** What happened, and the server's rows before it and after each transaction. */
export interface History {
  readonly transactions: readonly LogTransaction[];
  /** One more than there are transactions. */
  readonly states: readonly State[];
}

type Step =
  | { readonly do: 'set'; readonly to: string | null; readonly value: string; readonly travels: readonly string[] }
  | { readonly do: 'delete' | 'truncate' | 'result' }
  | { readonly do: 'rekey'; readonly key: Row };

const value = (...values: string[]) => fc.constantFrom(...values);
const keyOf = (table: SyncTable) =>
  fc.record(Object.fromEntries(table.key.map((name) => [name, value('', '1', '10')])));

/** Changes to few rows, so that much happens to each. */
const step = fc.constantFrom(...TABLES).chain((table) => {
  const what: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('set' as const),
        to: fc.constantFrom('a', 'b', 'c', null),
        value: value('x', 'y', 'z'),
        travels: fc.subarray(['title', 'note', 'cost']),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'delete' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rekey' as const), key: keyOf(table) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'truncate' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'result' as const }) },
  );
  return fc.record({ table: fc.constant(table), key: keyOf(table), what });
});

/** A database's history as the log has it. Transaction ids and clocks are in no order, as in life. */
export const history: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
      xid: fc.nat(1000),
      hlc: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((all) => {
    const database = new Map(TABLES.map(({ name }) => [name, new Map<string, Row>()]));
    const copy = (): State => new Map([...database].map(([name, rows]) => [name, new Map(rows)]));
    const states = [copy()];
    const transactions = all.map(({ steps, xid, hlc }, index): LogTransaction => {
      const changes = steps.flatMap(({ table, key, what }, nth) =>
        perform(database.get(table.name) ?? new Map<string, Row>(), table, key, what, `${index}.${nth}`),
      );
      states.push(copy());
      return { lsn: lsnAt(index + 1), xid: String(xid), hlc: hlcFromBigInt(BigInt(hlc)), changes };
    });
    return { transactions, states };
  });

/** The position after so many transactions of a history. */
export const lsnAt = (count: number): Lsn => lsnFromBigInt(BigInt(count));

function perform(rows: Map<string, Row>, table: SyncTable, key: Row, what: Step, id: string): LogChange[] {
  const t = table.name;
  const k = rowKey(table.key, key);
  const row = rows.get(k);
  const scope = (of: Row) => serverScope(table, of);
  switch (what.do) {
    case 'result': {
      const client = id.endsWith('1') ? 'me' : 'other';
      const r = { client_id: client, id: String(Number(id) * 10), outcome: 'accepted', effective_hlc: '7' };
      return [{ o: 'i', t: RESULT_TABLE, k: '', s: clientScope(client), r }];
    }
    case 'truncate':
      rows.clear();
      return [{ o: 't', t, k: '', r: {} }];
    case 'delete':
      if (!row) return [];
      rows.delete(k);
      return [{ o: 'd', t, k, p: scope(row), r: row }];
    case 'rekey': {
      const next = rowKey(table.key, what.key);
      if (!row || rows.has(next)) return [];
      const moved = { ...row, ...what.key };
      rows.delete(k);
      rows.set(next, moved);
      return [
        { o: 'd', t, k, p: scope(row), r: row },
        { o: 'i', t, k: next, s: scope(moved), r: moved },
      ];
    }
    case 'set': {
      const { to, value, travels } = what;
      const place = table.scope.column === undefined ? {} : { [table.scope.column]: to };
      const changed = { title: value, ...(value === 'x' ? { cost: id } : { note: id }) };
      const whole: Row = { note: null, cost: null, ...row, ...key, ...place, ...changed };
      rows.set(k, whole);
      const s = scope(whole);
      if (!row) return [{ o: 'i', t, k, s, r: whole }];
      const p = scope(row);
      if (p !== s) return [{ o: 'u', t, k, p, s, r: whole }];
      const names = Object.keys(whole).filter((name) => travels.includes(name) || row[name] !== whole[name]);
      return [{ o: 'u', t, k, p, s, r: { ...key, ...pick(whole, names) } }];
    }
  }
}

function serverScope({ scope: { name, column } }: SyncTable, row: Row): ScopeKey {
  if (column === undefined) return scopeKey(name);
  const id = row[column];
  return typeof id === 'string' ? scopeKey(name, id) : SCOPE_NONE;
}

const pick = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name] ?? null]));

/** What a session holds: any tables of any scopes (SEMANTICS 7.1). */
export const view: fc.Arbitrary<View> = fc
  .record({
    task: fc.subarray(['project:a', 'project:b', 'project:c']),
    member: fc.subarray(['project:a', 'project:b', 'project:c']),
    setting: fc.subarray(['global']),
    clientIds: fc.subarray(['me', 'other']),
  })
  .map(({ clientIds, ...held }) => ({
    holds: (scope, name) => Object.entries(held).some(([of, scopes]) => of === name && scopes.includes(scope)),
    clientIds: new Set(clientIds),
    tables: TABLES_BY_NAME,
  }));

/** What a session should have of the server's rows. */
export function visibleState(state: State, view: View): State {
  return new Map(
    TABLES.map((table) => {
      const names = table.columns.map(({ name }) => name);
      const held = [...(state.get(table.name) ?? [])].filter(([, row]) =>
        view.holds(serverScope(table, row), table.name),
      );
      return [table.name, new Map(held.map(([key, row]) => [key, pick(row, names)]))];
    }),
  );
}

/** A client's rows. Applies what it is sent as a real one does, and no cleverer. */
export class Reader {
  readonly #rows: Map<string, Map<string, Row>>;

  constructor(state: State) {
    this.#rows = new Map([...state].map(([name, rows]) => [name, new Map(rows)]));
  }

  get state(): State {
    return this.#rows;
  }

  apply({ changes }: Transaction): void {
    for (const change of changes) {
      if (change.op === 'truncate') for (const name of change.tables) this.#rows.get(name)?.clear();
      else this.#change(this.#rows.get(change.table) ?? new Map<string, Row>(), change);
    }
  }

  #change(rows: Map<string, Row>, change: Exclude<Change, { readonly op: 'truncate' }>): void {
    const row = rows.get(change.key);
    switch (change.op) {
      case 'put':
        rows.set(change.key, change.row);
        break;
      case 'patch':
        if (row) rows.set(change.key, { ...row, ...change.row });
        break;
      case 'del':
        rows.delete(change.key);
        break;
      case 'leave': {
        const table = TABLES_BY_NAME.get(change.table);
        if (row && table && serverScope(table, row) === change.scope) rows.delete(change.key);
        break;
      }
    }
  }
}
