import { mayBeVirtual } from '../details.ts';
import { familyOf, formOf, type Formula } from '../formulas.ts';
import { isPlain, type Pair } from '../pair.ts';
import { newColumn, places, type ColumnSketch, type Place, type TableSketch } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

type Computation = 'stored' | 'virtual';

const computes = (op: Formula['op']): op is Exclude<Formula['op'], 'lookup'> => op !== 'lookup';

/** A column to compute from: one whose type stays. */
function source(pair: Pair, accept: (table: TableSketch) => boolean): Place {
  const [found] = pair.columns(
    ({ table, column }) =>
      accept(table) &&
      isPlain({ table, column }) &&
      column.side === 'both' &&
      familyOf(column.type) !== null &&
      column.type !== 'numeric' &&
      pair.isFree(column.id, 'type'),
  );
  return found ?? pair.plant('text', {}, pair.table(accept));
}

const formulaOver = (pair: Pair, { column }: Place): Formula => ({
  op:
    familyOf(column.type) === 'text'
      ? pair.random.pick(['loud', 'size'] as const)
      : pair.random.pick(['twice', 'next'] as const),
  columns: [column.id],
});

function computedColumn(pair: Pair, kind: Computation, formula: Formula): ColumnSketch {
  const type = computes(formula.op) ? formOf(formula.op).type : 'text';
  return { ...newColumn(pair.id('c'), pair.name(), type), generated: { kind, formula } };
}

const accepting = (pair: Pair, kind: Computation) => (table: TableSketch) =>
  kind === 'stored' || (mayBeVirtual(table) && mayBeVirtual(pair.old(table)));

function add(pair: Pair, kind: Computation): boolean {
  if (!pair.table(accepting(pair, kind))) return false;
  const place = source(pair, accepting(pair, kind));
  if (!pair.claim(place.column.id, 'type')) return false;
  if (kind === 'virtual' && !pair.claim(place.table.id, 'scope')) return false;
  place.table.columns.push(computedColumn(pair, kind, formulaOver(pair, place)));
  return true;
}

/** A column that is computed before, and that nobody has touched. */
function computed(pair: Pair, kind: Computation | null, later = kind): Place | null {
  const isOrdinary = (id: string) => familyOf(places(pair.after).get(id)?.column.type ?? '') !== null;
  const [found] = pair.columns(
    ({ column }) =>
      column.generated !== null &&
      (later !== 'virtual' || column.generated.formula.columns.every(isOrdinary)) &&
      (kind === null || column.generated.kind === kind) &&
      pair.isFree(column.id, 'computation') &&
      column.generated.formula.columns.every((id) => pair.isFree(id, 'type')),
  );
  const wanted = kind ?? 'stored';
  const table = pair.table(accepting(pair, wanted));
  if (found || !table) return found ?? null;
  const from = pair.plant(pair.random.pick(['text', 'integer']), {}, table);
  const { type, generated } = computedColumn(pair, wanted, formulaOver(pair, from));
  return pair.plant(type, { generated, description: 'Computed' }, table);
}

const hold = (pair: Pair, { column }: Place): boolean =>
  pair.claim(column.id, 'computation') &&
  pair.claim(column.id, 'type') &&
  (column.generated?.formula.columns ?? []).every((id) => pair.claim(id, 'type'));

const another = risky('computed column computed otherwise', 'none', (pair) => {
  const place = computed(pair, null);
  if (!place?.column.generated || !hold(pair, place)) return false;
  const { formula, kind } = place.column.generated;
  const [from = ''] = formula.columns;
  const op = ({ twice: 'next', next: 'twice', loud: 'size', size: 'loud' } as const)[formula.op as 'twice'];
  place.column.generated = { kind, formula: { op, columns: [from] } };
  place.column.type = formOf(op).type;
  return true;
});

const other = (from: Computation, to: Computation) =>
  risky(`computed column ${to} that was ${from}`, to === 'stored' ? 'rewrite' : 'none', (pair) => {
    const place = computed(pair, from, to);
    if (
      !place?.column.generated ||
      !accepting(pair, 'virtual')(place.table) ||
      !pair.claim(place.table.id, 'scope') ||
      !hold(pair, place)
    )
      return false;
    place.column.generated = { ...place.column.generated, kind: to };
    return true;
  });

const settle = (kind: Computation) =>
  risky(`${kind} computed column keeps its values as its own`, kind === 'virtual' ? 'rewrite' : 'none', (pair) => {
    const place = computed(pair, kind);
    if (!place || !hold(pair, place)) return false;
    place.column.generated = null;
    return true;
  });

const compute = risky('column computed that was written', 'destructive', (pair) => {
  const [found] = pair.columns(
    (place) =>
      isPlain(place) &&
      place.column.type === 'text' &&
      pair.isFree(place.column.id, 'existence') &&
      pair.demands(place).length === 0,
  );
  const { table, column } = found ?? pair.plant('text', { description: 'Written' });
  const from = pair.plant('text', {}, table);
  if (!pair.claim(column.id, 'existence') || !pair.claim(from.column.id, 'type')) return false;
  column.generated = { kind: 'stored', formula: { op: 'loud', columns: [from.column.id] } };
  column.default = null;
  column.collation = null;
  return true;
});

export const computedKinds: readonly Kind[] = [
  risky('stored computed column added', 'rewrite', (pair) => add(pair, 'stored')),
  harmless('virtual computed column added', (pair) => add(pair, 'virtual')),
  another,
  other('stored', 'virtual'),
  other('virtual', 'stored'),
  settle('stored'),
  settle('virtual'),
  compute,
];
