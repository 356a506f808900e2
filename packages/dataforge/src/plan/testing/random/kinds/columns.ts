import { randomColumn } from '../base.ts';
import { constantOf } from '../details.ts';
import { isPlain, type Pair } from '../pair.ts';
import { familyOf, formOf } from '../formulas.ts';
import { newColumn, type ColumnSketch, type Place } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

function add(pair: Pair, type: string, details: Partial<ColumnSketch>): boolean {
  const table = pair.table();
  table?.columns.splice(pair.random.below(table.columns.length + 1), 0, {
    ...newColumn(pair.id('c'), pair.name(), type),
    ...details,
  });
  return table !== undefined;
}

/** Domains with a check make Postgres rewrite the table, so they are no harmless addition. */
function unconstrained(pair: Pair): string {
  const { type } = randomColumn(pair.random, pair, pair.after);
  return pair.after.domains.some(({ name }) => name === type) ? 'text' : type;
}

const added: readonly Kind[] = [
  harmless('nullable column added', (pair) => add(pair, unconstrained(pair), {})),
  harmless('column with a default added', (pair) => {
    const type = pair.random.pick(['integer', 'text', 'boolean', 'date', 'jsonb', 'text[]', 'numeric(12,3)', 'mood_1']);
    const text = constantOf(pair.after, type) ?? '';
    return add(pair, type, { nullable: pair.random.chance(0.5), default: { kind: 'constant', text } });
  }),
  risky('column with a default of its own for each row added', 'rewrite', (pair) => {
    const [type, sql] = pair.random.pick([
      ['uuid', 'gen_random_uuid()'],
      ['timestamp with time zone', 'clock_timestamp()'],
      ['double precision', 'random()'],
    ] as const);
    return add(pair, type, { nullable: pair.random.chance(0.5), default: { kind: 'call', sql } });
  }),
  risky('column added whose default calls a function', 'none', (pair) => {
    const [one] = pair.after.functions;
    if (!one || !pair.claim(one.name, 'type')) return false;
    return add(pair, one.result, { default: { kind: 'call', sql: `${one.name}()` } });
  }),
  risky('column of a domain with a check added', 'rewrite', (pair) => {
    const domain = { name: pair.id('score'), type: 'integer', notNull: false, limit: 5000 };
    pair.after.domains.push(domain);
    return pair.claim(domain.name, 'type') && add(pair, domain.name, {});
  }),
  risky('required column added and filled', 'data', (pair) => addFilled(pair, { nullable: false })),
  risky('optional column added and filled', 'rewrite', (pair) => addFilled(pair, { nullable: true })),
  risky('column with a default added and filled otherwise', 'rewrite', (pair) => {
    const backfill = { op: 'words', columns: [] } as const;
    return add(pair, 'text', { nullable: false, default: { kind: 'constant', text: 'ok' }, backfill });
  }),
  risky('numbered column added', 'rewrite', (pair) =>
    add(pair, pair.random.pick(['integer', 'bigint']), {
      nullable: false,
      identity: pair.random.pick(['always', 'by default']),
    }),
  ),
];

/** Filled from a column that stays what it is. */
function addFilled(pair: Pair, details: Partial<ColumnSketch>): boolean {
  const [from] = pair.columns(
    (place) =>
      isPlain(place) &&
      place.column.side === 'both' &&
      familyOf(place.column.type) === 'integer' &&
      place.column.type !== 'numeric' &&
      pair.isFree(place.column.id, 'type'),
  );
  const op = from ? pair.random.pick(['next', 'seven'] as const) : 'words';
  const table = from?.table ?? pair.table();
  if (!table || (from && !pair.claim(from.column.id, 'type'))) return false;
  const column = newColumn(pair.id('c'), pair.name(), formOf(op).type);
  table.columns.push({
    ...column,
    ...details,
    backfill: { op, columns: op === 'next' && from ? [from.column.id] : [] },
  });
  return true;
}

/** Whether anything but constraints and indices of its own table speaks of a column. */
function isMissed({ after }: Pair, { table, column: { id } }: Place): boolean {
  const formulas = after.tables.flatMap(({ columns }) =>
    columns.flatMap(({ generated, backfill }) => [generated?.formula, backfill]),
  );
  return (
    table.key.includes(id) ||
    table.scope?.column === id ||
    table.foreignKeys.some((key) => key.id === table.scope?.along?.key && key.columns.includes(id)) ||
    table.checks.some(({ form, columns }) => form === 'nowhere' && columns.includes(id)) ||
    after.tables.some(({ foreignKeys }) => foreignKeys.some(({ referenced }) => referenced.includes(id))) ||
    formulas.some((formula) => formula?.columns.includes(id)) ||
    after.views.some(({ columns }) => columns.includes(id))
  );
}

/** With all constraints and indices that speak of it. */
function remove({ table, column: { id } }: Place): void {
  const without = <T extends { readonly columns: readonly string[] }>(list: readonly T[]) =>
    list.filter(({ columns }) => !columns.includes(id));
  table.columns = table.columns.filter((column) => column.id !== id);
  table.foreignKeys = without(table.foreignKeys);
  table.uniques = without(table.uniques);
  table.checks = without(table.checks);
  table.exclusions = without(table.exclusions);
  table.indices = without(table.indices);
}

const drop = risky('column dropped', 'destructive', (pair) => {
  const [found] = pair.columns((place) => pair.isFree(place.column.id, 'existence') && !isMissed(pair, place));
  const place = found ?? pair.plant('text', { nullable: false });
  if (!pair.claim(place.column.id, 'existence')) return false;
  remove(place);
  return true;
});

const rename = risky('column renamed', 'rename', (pair) => {
  const [place] = pair.columns(({ column: { id } }) => pair.isFree(id, 'name'));
  if (!place || !pair.claim(place.column.id, 'name')) return false;
  place.column.name = pair.name();
  return true;
});

const swap = risky('columns swap their names', 'rename', (pair) => {
  const open = pair.columns(({ column: { id } }) => pair.isFree(id, 'name'));
  const [one] = open;
  const other = open.find(({ table, column }) => table === one?.table && column !== one.column);
  if (!one || !other || !pair.claim(one.column.id, 'name') || !pair.claim(other.column.id, 'name')) return false;
  [one.column.name, other.column.name] = [other.column.name, one.column.name];
  return true;
});

const succeed = risky('column takes the name of one that goes', 'destructive', (pair) => {
  const [other] = pair.columns(({ column: { id } }) => pair.isFree(id, 'name'));
  if (!other || !pair.claim(other.column.id, 'name')) return false;
  const gone = pair.plant('text', {}, other.table);
  pair.claim(gone.column.id, 'existence');
  remove(gone);
  other.column.name = gone.column.name;
  return true;
});

const describe = harmless('column described', (pair) => {
  const [place] = pair.columns(({ column: { id } }) => pair.isFree(id, 'description'));
  if (!place || !pair.claim(place.column.id, 'description')) return false;
  place.column.description = place.column.description === null ? "It's 'quoted'" : null;
  return true;
});

const reorder = harmless('columns in another order', (pair) => {
  const table = pair.table();
  if (table) table.columns = pair.random.shuffle(table.columns);
  return table !== undefined;
});

const collate = harmless(
  'collation changed',
  (pair) => {
    const { column } = pair.plain('text', ({ column: { id } }) => pair.isFree(id, 'type'));
    if (!pair.claim(column.id, 'type')) return false;
    column.collation = column.collation === null ? '"C"' : null;
    return true;
  },
  'none',
);

export const columnKinds: readonly Kind[] = [...added, drop, rename, swap, succeed, describe, reorder, collate];
