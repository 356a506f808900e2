import { familyOf } from '../formulas.ts';
import { isPlain, type Pair } from '../pair.ts';
import type { Place, TableSketch } from '../sketch.ts';
import { DISTINCT, RANGES } from '../values.ts';

/* What constraints and indices can be put on, or taken from. */

type Listed = { readonly id: string };

/** Something of a kind that is there before and after, and untouched; planted into both tables where there is none. */
export function listed<T extends Listed>(
  pair: Pair,
  of: (table: TableSketch) => T[],
  make: () => { place: Place; one: T },
  accept: (one: T) => boolean = () => true,
) {
  for (const table of pair.random.shuffle(pair.kept())) {
    const old = new Set(of(pair.old(table)).map(({ id }) => id));
    const found = of(table).find((one) => old.has(one.id) && accept(one) && pair.claim(one.id, 'existence'));
    if (found) return { table, one: found };
  }
  const { place, one } = make();
  of(pair.old(place.table)).push(structuredClone(one));
  of(place.table).push(one);
  pair.claim(one.id, 'existence');
  return { table: place.table, one };
}

export const without = <T extends Listed>(list: readonly T[], { id }: T): T[] => list.filter((one) => one.id !== id);

export const numbers = (pair: Pair): Place => {
  const [found] = pair.columns(
    (place) => isPlain(place) && familyOf(place.column.type) === 'integer' && pair.isFree(place.column.id, 'type'),
  );
  const place = found ?? pair.plant('integer');
  pair.claim(place.column.id, 'type');
  return place;
};

/** Postgres makes one constraint of two that say the same. */
const isHeld = ({ table: { uniques, exclusions }, column: { id } }: Place): boolean =>
  [...uniques, ...exclusions].some(({ columns }) => columns.includes(id));

/** A column whose values differ in all rows. */
export const distinct = (pair: Pair): Place => {
  const [found] = pair.columns(
    (place) =>
      isPlain(place) &&
      isPlain({ ...place, table: pair.old(place.table) }) &&
      DISTINCT.includes(place.column.type) &&
      pair.isFree(place.column.id, 'type') &&
      pair.isFree(place.column.id, 'null') &&
      !isHeld(place),
  );
  const place = found ?? pair.plant(pair.random.pick(DISTINCT));
  pair.claim(place.column.id, 'type');
  pair.claim(place.column.id, 'null');
  return place;
};

export const span = (pair: Pair): Place => {
  const [found] = pair.columns(
    (place) =>
      isPlain(place) && RANGES.includes(place.column.type) && pair.isFree(place.column.id, 'type') && !isHeld(place),
  );
  return found ?? pair.plant(pair.random.pick(RANGES));
};
