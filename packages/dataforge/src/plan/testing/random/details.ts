import type { Supply } from './base.ts';
import { familyOf } from './formulas.ts';
import type { Random } from './random.ts';
import { bareType, newColumn, type ColumnSketch, type Sketch, type TableSketch } from './sketch.ts';
import { DISTINCT, RANGES } from './values.ts';

/** What a table may have beside its columns: defaults, computed columns, constraints and indices, each by chance. */
export function addDetails(random: Random, supply: Supply, sketch: Sketch, table: TableSketch): void {
  const own = table.columns.filter(({ id, role }) => role === null && !isUsedAsKey(table, id));
  for (const column of own) addDefault(random, sketch, column);
  const of = (accept: (type: string) => boolean) =>
    random.shuffle(own.filter(({ type }) => accept(bareType(sketch, type))))[0];
  const [number, text, range] = [
    of((type) => familyOf(type) === 'integer' && type !== 'numeric'),
    of((type) => familyOf(type) === 'text'),
    of((type) => RANGES.includes(type)),
  ];
  if (number) {
    if (random.chance(0.5)) addComputed(random, supply, table, number, random.pick(['twice', 'next']));
    if (random.chance(0.5))
      table.checks.push({ id: supply.id('k'), form: 'between', columns: [number.id], limit: 9000 });
    if (random.chance(0.3)) table.indices.push({ id: supply.id('i'), form: 'partial', columns: [number.id] });
  }
  if (text) {
    if (random.chance(0.3)) addComputed(random, supply, table, text, random.pick(['loud', 'size']));
    if (random.chance(0.3)) table.checks.push({ id: supply.id('k'), form: 'length', columns: [text.id], limit: 100 });
    if (random.chance(0.4)) table.indices.push({ id: supply.id('i'), form: 'lower', columns: [text.id] });
  }
  if (range && random.chance(0.5)) table.exclusions.push({ id: supply.id('x'), columns: [range.id] });
  const comparable = of((type) => type !== 'json');
  if (comparable && random.chance(0.4))
    table.indices.push({ id: supply.id('i'), form: 'plain', columns: [comparable.id] });
  const searched = of((type) => type === 'jsonb' || type === 'text[]');
  if (searched) table.indices.push({ id: supply.id('i'), form: 'gin', columns: [searched.id] });
  const single = of((type) => DISTINCT.includes(type));
  if (single && random.chance(0.4)) table.uniques.push({ id: supply.id('u'), columns: [single.id] });
  if (random.chance(0.3)) table.columns.push(touched(supply));
  if (random.chance(0.3)) table.description = "It's a table";
  const computedFrom = new Set(table.columns.flatMap(({ generated }) => generated?.formula.columns ?? []));
  const [hidden] = random.shuffle(own.filter(({ id }) => !computedFrom.has(id)));
  if (hidden && random.chance(0.2)) hidden.side = 'server';
}

const isUsedAsKey = ({ key, foreignKeys, scope }: TableSketch, id: string): boolean =>
  key.includes(id) || scope?.column === id || foreignKeys.some(({ columns }) => columns.includes(id));

/** A short value that every check accepts; null for types without one. */
export function constantOf(sketch: Sketch, type: string): string | null {
  const label = sketch.enums.find(({ name }) => name === type)?.labels.find((one) => one === "it's ok");
  if (label !== undefined) return label;
  const bare = bareType(sketch, type);
  const family = familyOf(bare);
  if (family !== null) return family === 'text' ? "it's" : '7';
  return (
    { boolean: 'true', date: '2024-02-29', jsonb: '{"a": 1}', 'text[]': '{a,NULL}', 'numeric(12,3)': '1.500' }[bare] ??
    null
  );
}

function addDefault(random: Random, sketch: Sketch, column: ColumnSketch): void {
  const text = constantOf(sketch, column.type);
  if (text !== null && random.chance(0.3)) column.default = { kind: 'constant', text };
}

/**
 * Postgres cannot replicate virtual columns of a table whose replica identity is the full row, and refuses its updates;
 * which identity a table gets depends on all its columns, so only tables that are not synchronised along a scope have one.
 */
export const mayBeVirtual = ({ scope }: TableSketch): boolean => scope === null || scope.column === null;

function addComputed(
  random: Random,
  supply: Supply,
  table: TableSketch,
  { id, side, type: base }: ColumnSketch,
  op: 'twice' | 'next' | 'loud' | 'size',
): void {
  const type = { twice: 'bigint', next: 'integer', loud: 'text', size: 'integer' }[op];
  // Postgres has no virtual columns over domains yet.
  const kind = mayBeVirtual(table) && familyOf(base) !== null && random.chance(0.4) ? 'virtual' : 'stored';
  table.columns.push({
    ...newColumn(supply.id('c'), supply.name(), type),
    side,
    generated: { kind, formula: { op, columns: [id] } },
  });
}

const touched = (supply: Supply): ColumnSketch => ({
  ...newColumn(supply.id('c'), 'updated_at', 'timestamp with time zone'),
  nullable: false,
  role: 'updated',
  default: { kind: 'call', sql: 'now()' },
});
