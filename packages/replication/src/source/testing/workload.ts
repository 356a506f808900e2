import fc from 'fast-check';
import type { PgConnection } from '../../connection/connection.ts';
import type { SqlPort } from '../../sql/sql-port.ts';
import type { Change, Transaction } from './transactions.ts';

/** Tables of which each has its own way to name an old row. */
export const TABLES = `
  create table plain (id int primary key, n int, long text);
  alter table plain alter long set storage external;
  create table whole (like plain including all);
  alter table whole replica identity full;
  create table pair (n int, long text, id int, part int default 0, primary key (part, id));`;

const NAMES = ['plain', 'whole', 'pair'] as const;
export const SESSIONS = 3;

type Action =
  | { readonly do: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'rollback to' | 'release' | 'say' }
  | {
      readonly do: 'put' | 'change' | 'widen' | 'move' | 'delete' | 'many';
      readonly table: (typeof NAMES)[number];
      readonly id: number;
    };

export interface Step {
  readonly session: number;
  readonly action: Action;
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'put' as const,
        'put' as const,
        'change' as const,
        'widen' as const,
        'move' as const,
        'delete' as const,
      ),
      table: fc.constantFrom(...NAMES),
      id: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('many' as const),
      table: fc.constantFrom(...NAMES),
      id: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'begin',
        'commit',
        'commit',
        'rollback',
        'savepoint',
        'savepoint',
        'rollback to',
        'release',
        'say',
      ),
    }),
  },
);

export const workload: fc.Arbitrary<Step[]> = fc.array(fc.record({ session: fc.nat({ max: SESSIONS - 1 }), action }), {
  minLength: 300,
  maxLength: 500,
  size: 'max',
});

/** Runs the steps one after the other; sessions have rows of their own, so none waits for another. */
export async function run(sessions: readonly PgConnection[], steps: readonly Step[]): Promise<void> {
  const depths = sessions.map((): number | null => null);
  for (const [i, { session, action: next }] of steps.entries()) {
    const statement = sqlOf(next, depths[session] ?? null, session, i);
    depths[session] = depthAfter(next, depths[session] ?? null);
    if (statement !== null) await sessions[session]?.simple(statement);
  }
  for (const [session, depth] of depths.entries()) if (depth !== null) await sessions[session]?.simple('commit');
}

/** @param depth  open savepoints; null outside of a transaction */
function sqlOf(next: Action, depth: number | null, session: number, step: number): string | null {
  switch (next.do) {
    case 'begin':
      return depth === null ? 'begin' : null;
    case 'commit':
    case 'rollback':
      return depth === null ? null : next.do;
    case 'savepoint':
      return depth === null ? null : `savepoint s${depth}`;
    case 'rollback to':
    case 'release':
      return depth === null || depth === 0 ? null : `${next.do} s${depth - 1}`;
    case 'say':
      // A streamed message does not tell of which subtransaction it is, and stays when that is rolled back.
      return depth !== null && depth > 0 ? null : `select pg_logical_emit_message(true, 'test', '${step}')`;
    default: {
      const { table, id } = next;
      const key = session * 1000 + id;
      return {
        put: `insert into ${table} (id, n) values (${key}, ${step}) on conflict (${KEYS[table]}) do update set n = excluded.n`,
        change: `update ${table} set n = ${step} where id = ${key}`,
        widen: `update ${table} set long = repeat('${step % 10}', 4000) where id = ${key}`,
        move: `update ${table} t set id = id + 10 where id = ${key} and not exists (select from ${table} where id = t.id + 10)`,
        delete: `delete from ${table} where id in (${key}, ${key + 10})`,
        many: `insert into ${table} (id, n) select ${key} + 100 + n, ${step} from generate_series(1, 700) n on conflict do nothing`,
      }[next.do];
    }
  }
}

function depthAfter(next: Action, depth: number | null): number | null {
  switch (next.do) {
    case 'begin':
      return depth ?? 0;
    case 'commit':
    case 'rollback':
      return null;
    case 'savepoint':
      return depth === null ? null : depth + 1;
    case 'release':
      return depth === null || depth === 0 ? depth : depth - 1;
    default:
      return depth; // a savepoint stays after a return to it
  }
}

const KEYS = { plain: 'id', whole: 'id', pair: 'part, id' } as const;

type Row = Readonly<Record<string, unknown>>;

/** Applies the changes to empty tables, as a reader would who has nothing else. */
export function replay(transactions: readonly Transaction[]): Record<string, Row[]> {
  const tables = new Map(NAMES.map((name) => [`public.${name}`, new Map<string, Row>()]));
  for (const { changes } of transactions) for (const change of changes) apply(tables, change);
  return Object.fromEntries(
    NAMES.map((name) => [
      name,
      [...(tables.get(`public.${name}`)?.values() ?? [])].sort((a, b) => Number(a['id']) - Number(b['id'])),
    ]),
  );
}

function apply(tables: ReadonlyMap<string, Map<string, Row>>, change: Change): void {
  if (change.kind === 'message' || change.kind === 'truncate') return;
  const table = tables.get(change.table);
  if (!table) throw new Error(`A change of ${change.table}`);
  const keyOf = (row: Row) => `${String(row['part'])} ${String(row['id'])}`;
  if (change.kind === 'delete') {
    if (!table.delete(keyOf(change.old))) throw new Error('Deleted what is not there');
    return;
  }
  const before = change.kind === 'update' ? keyOf(change.old ?? change.row) : null;
  const known = before === null ? {} : table.get(before);
  if (!known) throw new Error('Changed what is not there');
  if (before !== null) table.delete(before);
  table.set(keyOf(change.row), { ...known, ...change.row });
}

export async function contents(sql: SqlPort): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const name of NAMES) {
    const columns = name === 'pair' ? ['n', 'long', 'id', 'part'] : ['id', 'n', 'long'];
    const rows = await sql.query(`select ${columns.join(', ')} from ${name} order by id`);
    all[name] = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
  }
  return all;
}
