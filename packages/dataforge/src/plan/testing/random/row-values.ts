import { EXPECTATIONS } from './conversions.ts';
import { familyOf } from './formulas.ts';
import type { Random } from './random.ts';
import { isTamed } from './rules.ts';
import { bareType, type ColumnSketch, type Place, type Sketch, type TableSketch } from './sketch.ts';
import { TAME, VALUES } from './values.ts';

/** What values depend on besides their column. */
export interface Need {
  readonly random: Random;
  readonly before: Sketch;
  readonly after: Sketch;
  readonly afterwards: ReadonlyMap<string, Place>;
}

/** Makes the values of a column: as hard as both sketches allow, and each different where one of them asks for that. */
export function valueMaker(need: Need, place: Place, isSingle: boolean, isSpan: boolean): (i: number) => string | null {
  const { random, before, after, afterwards } = need;
  const { table, column } = place;
  const now = afterwards.get(column.id);
  const source = sourceOf(need, column, now?.column);
  const values = VALUES[source];
  const labels = labelsOf(need, column, now?.column);
  const family = familyOf(source);
  const isBound = [before, after].some(({ domains }) =>
    domains.some(({ name }) => name === column.type || name === now?.column.type),
  );
  const isTame = family !== null && (isBound || isTamed(place) || (now !== undefined && isTamed(now)));
  const isEmpty = isOptional(need, table, column, now, isSingle);
  const one = (i: number): string => {
    if (labels) return column.type.endsWith('[]') ? `{"${random.pick(labels)}",NULL}` : random.pick(labels);
    if (!values) throw new Error(`Nothing is known of ${source}.`);
    if ((isSingle || isSpan) && values.distinct) return values.distinct(i);
    if (isTame) return TAME[family](random);
    return random.pick(values.hard);
  };
  return (i) => (isEmpty && random.chance(0.25) ? null : one(i));
}

/** Where a value will be required, null may stand only for what gets filled, and not where all must differ. */
function isOptional(
  { before, after }: Need,
  { key }: TableSketch,
  column: ColumnSketch,
  now: Place | undefined,
  isSingle: boolean,
): boolean {
  const isRequired = [before, after].some(({ domains }) =>
    domains.some(({ name, notNull }) => notNull && (name === column.type || name === now?.column.type)),
  );
  if (!column.nullable || isRequired || key.includes(column.id)) return false;
  if (!now || now.column.nullable || now.column.generated) return !now?.table.key.includes(column.id);
  const isFilled = now.column.backfill !== null || now.column.default?.kind === 'constant';
  return isFilled && !isSingle;
}

/** The type whose values fit before and after. */
function sourceOf({ before, after }: Need, old: ColumnSketch, now: ColumnSketch | undefined): string {
  const from = bareType(before, old.type);
  const to = now && !now.generated ? bareType(after, now.type) : from;
  return EXPECTATIONS.find((one) => one.from === from && one.to === to)?.source ?? from;
}

/** Labels that are there before and after, for what is an enum or becomes one. */
function labelsOf({ before, after }: Need, old: ColumnSketch, now: ColumnSketch | undefined): readonly string[] | null {
  const of = ({ enums }: Sketch, type: string | undefined) =>
    enums.find(({ name }) => name === type?.replace('[]', ''))?.labels;
  const [had, has] = [of(before, old.type), of(after, now?.type)];
  return had && has ? had.filter((label) => has.includes(label)) : (had ?? has ?? null);
}
