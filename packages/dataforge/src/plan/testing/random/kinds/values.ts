import { constantOf } from '../details.ts';
import { familyOf, type Formula } from '../formulas.ts';
import { isPlain, type Pair } from '../pair.ts';
import { bareType, type DefaultSketch, type Place } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

/** A column that may be null, or not, in an ordinary type that has constants. */
function nullable(pair: Pair, isNullable: boolean): Place {
  const accept = ({ column }: Place) =>
    column.nullable === isNullable && pair.isFree(column.id, 'null') && pair.isFree(column.id, 'type');
  const [found] = pair.columns((place) => isPlain(place) && accept(place));
  return found ?? pair.plant(pair.random.pick(['text', 'integer']), { nullable: isNullable });
}

const required: readonly Kind[] = [
  risky('column required', 'data', (pair) => {
    const { column } = nullable(pair, true);
    column.nullable = false;
    return pair.claim(column.id, 'null') && pair.claim(column.id, 'default');
  }),
  risky('column required and filled', 'data', (pair) => {
    const { column } = pair.plain(
      pair.random.pick(['text', 'integer']),
      ({ column: { id, nullable: may, identity } }) =>
        may && identity === null && pair.isFree(id, 'null') && pair.isFree(id, 'type') && pair.isFree(id, 'default'),
    );
    if (!pair.claim(column.id, 'null') || !pair.claim(column.id, 'type') || !pair.claim(column.id, 'default'))
      return false;
    column.backfill = constantFormula(column.type);
    column.nullable = false;
    return true;
  }),
  risky('column required, its default for rows without a value', 'data', (pair) => {
    const { column } = nullable(pair, true);
    const text = constantOf(pair.after, column.type);
    if (
      text === null ||
      !pair.claim(column.id, 'null') ||
      !pair.claim(column.id, 'type') ||
      !pair.claim(column.id, 'default')
    )
      return false;
    column.default = { kind: 'constant', text };
    column.nullable = false;
    return true;
  }),
  harmless('column optional', (pair) => {
    const { column } = nullable(pair, false);
    column.nullable = true;
    return pair.claim(column.id, 'null');
  }),
];

const constantFormula = (type: string): Formula => ({ op: type === 'text' ? 'words' : 'seven', columns: [] });

/** A column with a default, or without, whose type and default nobody has changed. */
function defaulted(pair: Pair, has: boolean): Place {
  const accept = ({ column }: Place) =>
    (column.default !== null) === has &&
    constantOf(pair.after, column.type) !== null &&
    pair.isFree(column.id, 'default') &&
    pair.isFree(column.id, 'type');
  const [found] = pair.columns((place) => isPlain(place) && accept(place));
  const type = pair.random.pick(['text', 'integer']);
  return (
    found ?? pair.plant(type, { default: has ? { kind: 'constant', text: constantOf(pair.after, type) ?? '' } : null })
  );
}

function setDefault(pair: Pair, { column }: Place, choose: (type: string) => DefaultSketch | null): boolean {
  if (!pair.claim(column.id, 'default')) return false;
  column.default = choose(column.type);
  return true;
}

const constant = (text: string): DefaultSketch => ({ kind: 'constant', text });

const defaults: readonly Kind[] = [
  harmless('default set', (pair) =>
    setDefault(pair, defaulted(pair, false), (type) => constant(constantOf(pair.after, type) ?? '')),
  ),
  harmless('default changed', (pair) =>
    setDefault(pair, defaulted(pair, true), (type) => {
      const family = familyOf(bareType(pair.after, type));
      const label = pair.after.enums.find(({ name }) => name === type)?.labels[0];
      if (label !== undefined) return constant(label);
      return family === 'integer' ? constant('8') : family === 'text' ? constant('ok') : null;
    }),
  ),
  harmless('default dropped', (pair) => setDefault(pair, defaulted(pair, true), () => null)),
  harmless('default calls a function', (pair) => {
    const place = pair.plain(
      'integer',
      ({ column }) =>
        column.default?.kind !== 'call' && pair.isFree(column.id, 'default') && pair.isFree(column.id, 'type'),
    );
    return pair.claim(place.column.id, 'type') && setDefault(pair, place, () => ({ kind: 'call', sql: 'fn_1()' }));
  }),
];

export const valueKinds: readonly Kind[] = [...required, ...defaults];
