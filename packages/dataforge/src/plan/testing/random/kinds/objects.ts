import { isPlain, type Pair } from '../pair.ts';
import { harmless, risky, type Kind } from './kind.ts';

function view(pair: Pair): { name: string; columns: string[] } | null {
  const [place] = pair.columns((one) => isPlain(one) && pair.isFree(one.column.id, 'existence'));
  return place ? { name: pair.id('v'), columns: [place.table.id, ...place.table.key, place.column.id] } : null;
}

export const objectKinds: readonly Kind[] = [
  harmless('view added', (pair) => {
    const one = view(pair);
    if (one) pair.after.views.push(one);
    return one !== null;
  }),
  harmless('view dropped', (pair) => {
    const one = view(pair);
    if (one) pair.before.views.push(one);
    return one !== null;
  }),
  harmless('view kept, whatever happens to its table', (pair) => {
    const one = view(pair);
    if (one) for (const sketch of [pair.before, pair.after]) sketch.views.push(structuredClone(one));
    return one !== null;
  }),
  risky('function returns another type', 'none', (pair) => {
    const one = pair.after.functions.find(({ name }) => pair.claim(name, 'type'));
    if (!one) return false;
    pair.plant('bigint', { default: { kind: 'call', sql: `${one.name}()` } });
    one.result = 'bigint';
    return true;
  }),
];
