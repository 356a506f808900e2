import { list, quote } from '../../../ir/names.ts';
import { NOWHERE, bareType, type CheckSketch, type IndexSketch, type Place, type Sketch } from './sketch.ts';
import { familyOf } from './formulas.ts';
import { RANGES } from './values.ts';

/** Checks that all tame values pass, whatever their limit. */
export function checkSql({ form, limit }: CheckSketch, [first = '', second = '']: readonly string[]): string {
  switch (form) {
    case 'between':
      return `${quote(first)} between -${limit} and ${limit}`;
    case 'length':
      return `length(${quote(first)}) < ${limit}`;
    case 'either':
      return `${quote(first)} is null or ${quote(second)} is null or ${quote(first)} <> ${limit} or ${quote(second)} > -${limit}`;
    case 'nowhere':
      return `(${quote(first)} is null) = (${quote(second)} = '${NOWHERE}')`;
  }
}

export function indexSql({ form }: IndexSketch, names: readonly string[]): string {
  const [first = ''] = names;
  switch (form) {
    case 'plain':
    case 'unique':
      return `(${list(names)})`;
    case 'descending':
      return `(${names.map((name) => `${quote(name)} desc nulls last`).join(', ')})`;
    case 'partial':
    case 'partial unique':
      return `(${list(names)}) where ${quote(first)} is not null`;
    case 'lower':
      return `(lower(${quote(first)}))`;
    case 'gin':
      return `using gin (${quote(first)})`;
  }
}

/** The last is a range that overlaps no other; those before it are equal or not. */
export function exclusionSql(names: readonly string[]): string {
  const parts = names.map((name, i) => `${quote(name)} with ${i === names.length - 1 ? '&&' : '='}`);
  return `using gist (${parts.join(', ')})`;
}

/** What something in a table makes of a column: what else its type may become. */
export type Demand = 'integer' | 'text' | 'gin' | 'range' | 'comparable' | 'its type';

const CHECKED = {
  between: 'integer',
  either: 'integer',
  length: 'text',
  nowhere: 'its type',
} as const satisfies Record<CheckSketch['form'], Demand>;

/** Everything that speaks of a column, as what it asks of the column's type. */
export function demandsOn({ table, column: { id } }: Place): Demand[] {
  const of = <T extends { readonly columns: readonly string[] }>(list: readonly T[]): T[] =>
    list.filter(({ columns }) => columns.includes(id));
  return [
    ...of(table.checks).map(({ form }): Demand => CHECKED[form]),
    ...of(table.indices).map(({ form }): Demand => (form === 'lower' ? 'text' : form === 'gin' ? 'gin' : 'comparable')),
    ...of(table.exclusions).map(({ columns }): Demand => (columns.at(-1) === id ? 'range' : 'comparable')),
    ...of(table.uniques).map((): Demand => 'comparable'),
    ...(table.key.includes(id) ? (['comparable'] as const) : []),
    ...table.columns.flatMap(({ generated, backfill }): Demand[] => [
      ...formulaDemand(generated?.formula, id),
      ...formulaDemand(backfill ?? undefined, id),
    ]),
  ];
}

function formulaDemand(
  formula: { readonly op: string; readonly columns: readonly string[] } | undefined,
  id: string,
): Demand[] {
  // What is looked up follows a reference, and changes its type with that.
  if (!formula?.columns.includes(id) || formula.op === 'lookup') return [];
  return [formula.op === 'loud' || formula.op === 'size' ? 'text' : 'integer'];
}

export function satisfies(sketch: Sketch, type: string, demand: Demand): boolean {
  const bare = bareType(sketch, type);
  switch (demand) {
    case 'integer':
    case 'text':
      return familyOf(bare) === demand;
    case 'gin':
      return ['jsonb', 'text[]', 'integer[]', 'bigint[]'].includes(bare);
    case 'range':
      return RANGES.includes(bare);
    case 'comparable':
      return bare !== 'json';
    case 'its type':
      return false;
  }
}

/** Whether values have to be short and in bounds, because something computes with them. */
export const isTamed = (place: Place): boolean =>
  demandsOn(place).some((demand) => demand === 'integer' || demand === 'text');
