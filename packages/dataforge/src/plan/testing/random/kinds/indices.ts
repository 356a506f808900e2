import type { Pair } from '../pair.ts';
import type { IndexSketch, Place } from '../sketch.ts';
import { distinct, listed, without } from './candidates.ts';
import { harmless, risky, type Kind } from './kind.ts';

const indexForms: readonly IndexSketch['form'][] = ['plain', 'descending', 'partial', 'lower', 'gin'];

function index(pair: Pair): { place: Place; one: IndexSketch } {
  const form = pair.random.pick(indexForms);
  const type = form === 'lower' ? 'text' : form === 'gin' ? 'jsonb' : 'integer';
  const place = pair.plain(type, ({ column }) => pair.isFree(column.id, 'type'));
  pair.claim(place.column.id, 'type');
  return { place, one: { id: pair.id('i'), form, columns: [place.column.id] } };
}

export const indexKinds: readonly Kind[] = [
  harmless(
    'index added',
    (pair) => {
      const { place, one } = index(pair);
      place.table.indices.push(one);
      return true;
    },
    'blocking',
  ),
  harmless(
    'index changed',
    (pair) => {
      const { one } = listed(
        pair,
        ({ indices }) => indices,
        () => index(pair),
        ({ form }) => ['plain', 'partial', 'descending'].includes(form),
      );
      one.form = one.form === 'descending' ? 'partial' : 'descending';
      return true;
    },
    'blocking',
  ),
  harmless('index dropped', (pair) => {
    const { table, one } = listed(
      pair,
      ({ indices }) => indices,
      () => index(pair),
    );
    table.indices = without(table.indices, one);
    return true;
  }),
  risky('unique index added', 'data', (pair) => {
    const place = distinct(pair);
    place.table.indices.push({
      id: pair.id('i'),
      columns: [place.column.id],
      form: pair.random.pick(['unique', 'partial unique']),
    });
    return true;
  }),
];
