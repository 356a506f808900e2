import type { Pair } from '../pair.ts';
import { distinct, listed, numbers, span, without } from './candidates.ts';
import { harmless, risky, type Kind } from './kind.ts';

const check = (pair: Pair) => {
  const place = numbers(pair);
  return { place, one: { id: pair.id('k'), form: 'between' as const, columns: [place.column.id], limit: 9000 } };
};
const unique = (pair: Pair) => {
  const place = distinct(pair);
  return { place, one: { id: pair.id('u'), columns: [place.column.id] } };
};
const exclusion = (pair: Pair) => {
  const place = span(pair);
  return { place, one: { id: pair.id('x'), columns: [place.column.id] } };
};

/** No reference leans on it. */
const isIdle = ({ after }: Pair, { columns }: { readonly columns: readonly string[] }): boolean =>
  !after.tables.some(({ foreignKeys }) => foreignKeys.some(({ referenced }) => referenced.join() === columns.join()));

export const constraintKinds: readonly Kind[] = [
  risky('check added', 'data', (pair) => {
    const { place, one } = check(pair);
    const [other] = pair.columns(
      ({ table, column }) =>
        table === place.table && column !== place.column && column.type === 'integer' && pair.isFree(column.id, 'type'),
    );
    const both =
      other && pair.claim(other.column.id, 'type')
        ? { ...one, form: 'either' as const, columns: [...one.columns, other.column.id] }
        : one;
    place.table.checks.push(both);
    return true;
  }),
  risky('check changed', 'data', (pair) => {
    listed(
      pair,
      ({ checks }) => checks,
      () => check(pair),
      ({ form }) => form !== 'nowhere',
    ).one.limit = 8000;
    return true;
  }),
  harmless('check dropped', (pair) => {
    const { table, one } = listed(
      pair,
      ({ checks }) => checks,
      () => check(pair),
      ({ form }) => form !== 'nowhere',
    );
    table.checks = without(table.checks, one);
    return true;
  }),
  risky('unique added', 'data', (pair) => {
    const { place, one } = unique(pair);
    place.table.uniques.push(one);
    return true;
  }),
  harmless('unique dropped', (pair) => {
    const { table, one } = listed(
      pair,
      ({ uniques }) => uniques,
      () => unique(pair),
      (two) => isIdle(pair, two),
    );
    table.uniques = without(table.uniques, one);
    return true;
  }),
  risky('unique becomes a unique index', 'data', (pair) => {
    const { table, one } = listed(
      pair,
      ({ uniques }) => uniques,
      () => unique(pair),
      (two) => isIdle(pair, two),
    );
    table.uniques = without(table.uniques, one);
    table.indices.push({
      id: pair.id('i'),
      form: pair.random.pick(['unique', 'partial unique']),
      columns: one.columns,
    });
    return true;
  }),
  risky('exclusion added', 'data', (pair) => {
    const { place, one } = exclusion(pair);
    place.table.exclusions.push(one);
    return true;
  }),
  risky('exclusion changed', 'data', (pair) => {
    const { table, one } = listed(
      pair,
      ({ exclusions }) => exclusions,
      () => exclusion(pair),
      ({ columns }) => columns.length === 1,
    );
    const { column } = pair.plant('integer', {}, table);
    one.columns = [column.id, ...one.columns];
    return pair.claim(column.id, 'type');
  }),
  harmless('exclusion dropped', (pair) => {
    const { table, one } = listed(
      pair,
      ({ exclusions }) => exclusions,
      () => exclusion(pair),
    );
    table.exclusions = without(table.exclusions, one);
    return true;
  }),
];
