import type { Pair } from '../pair.ts';
import type { Sketch } from '../sketch.ts';
import { harmless, risky, type Kind } from './kind.ts';

type Enum = Sketch['enums'][number];

/** An enum that some column is of, before and after; with columns, an array and a default where it is made. */
function used(pair: Pair): Enum {
  const isUsed = ({ name }: Enum) => pair.columns(({ column }) => column.type === name).length > 0;
  const [found] = pair.random.shuffle(pair.after.enums.filter((one) => pair.isFree(one.name, 'type') && isUsed(one)));
  return found ?? plantEnum(pair);
}

function plantEnum(pair: Pair): Enum {
  const made = { name: pair.id('mood'), labels: ['low', "it's ok", 'mid', 'high'] };
  pair.before.enums.push(structuredClone(made));
  pair.after.enums.push(made);
  pair.plant(made.name, { default: { kind: 'constant', text: "it's ok" } });
  pair.plant(`${made.name}[]`);
  return made;
}

function change(pair: Pair, labels: (old: readonly string[]) => readonly string[]): boolean {
  const one = used(pair);
  if (!pair.claim(one.name, 'type')) return false;
  one.labels = [...labels(one.labels)];
  return true;
}

/** An ordinary column of text or of an enum, made where there is none. */
function columnOf(pair: Pair, type: string) {
  const place = pair.plain(
    type,
    (one) =>
      pair.isFree(one.column.id, 'type') && pair.isFree(one.column.id, 'default') && pair.demands(one).length === 0,
  );
  return pair.claim(place.column.id, 'type') && pair.claim(place.column.id, 'default') ? place.column : null;
}

export const enumKinds: readonly Kind[] = [
  harmless('label added', (pair) =>
    change(pair, (old) => {
      const at = pair.random.below(old.length + 1);
      return [...old.slice(0, at), 'new', ...old.slice(at), ...(pair.random.chance(0.3) ? ['last'] : [])];
    }),
  ),
  risky('label removed', 'data', (pair) =>
    change(pair, (old) => old.filter((label, i) => label === "it's ok" || i % 2 === 0)),
  ),
  risky('labels in another order', 'data', (pair) => change(pair, (old) => [...old].reverse())),
  harmless('new label is the default', (pair) => {
    const one = plantEnum(pair);
    const { column } = pair.plant(one.name, { default: { kind: 'constant', text: "it's ok" } });
    one.labels = ['newest', ...one.labels];
    column.default = { kind: 'constant', text: 'newest' };
    return pair.claim(one.name, 'type') && pair.claim(column.id, 'default');
  }),
  risky('text becomes an enum', 'data', (pair) => {
    const column = columnOf(pair, 'text');
    const one = { name: pair.id('mood'), labels: ['low', "it's", 'ok', 'high'] };
    pair.after.enums.push(one);
    if (!column) return false;
    column.type = one.name;
    column.collation = null;
    return pair.claim(one.name, 'type');
  }),
  risky('enum becomes text', 'rewrite', (pair) => {
    const one = pair.after.enums.find(({ name }) => pair.isFree(name, 'type')) ?? plantEnum(pair);
    const column = columnOf(pair, one.name);
    if (column) column.type = 'text';
    return column !== null;
  }),
  risky('column takes another enum', 'data', (pair) => {
    const one = pair.after.enums.find(({ name }) => pair.isFree(name, 'type')) ?? plantEnum(pair);
    const column = columnOf(pair, one.name);
    const other = { name: pair.id('mood'), labels: [...one.labels, 'more'] };
    if (!column || !pair.claim(one.name, 'type')) return false;
    pair.after.enums.push(other);
    column.type = other.name;
    return pair.claim(other.name, 'type');
  }),
];
