import { isPlain, type Pair } from '../pair.ts';
import type { DomainSketch } from '../sketch.ts';
import { risky, type Kind } from './kind.ts';

/** A domain that a column is of, and that nobody has touched. */
function used(pair: Pair, accept: (domain: DomainSketch) => boolean): DomainSketch {
  const isUsed = ({ name }: DomainSketch) => pair.columns(({ column }) => column.type === name).length > 0;
  const [found] = pair.after.domains.filter((one) => accept(one) && pair.isFree(one.name, 'type') && isUsed(one));
  return found ?? plantDomain(pair, { type: 'integer', notNull: false, limit: 5000 });
}

function plantDomain(pair: Pair, details: Omit<DomainSketch, 'name'>): DomainSketch {
  const made = { name: pair.id('score'), ...details };
  pair.before.domains.push(structuredClone(made));
  pair.after.domains.push(made);
  pair.plant(made.name);
  return made;
}

/** A column without demands that takes a domain, or leaves it. */
function move(pair: Pair, from: string, to: string): boolean {
  const { column } = pair.plain(
    from,
    (place) =>
      isPlain(place) &&
      pair.isFree(place.column.id, 'type') &&
      pair.isFree(place.column.id, 'default') &&
      pair.demands(place).length === 0,
  );
  if (!pair.claim(column.id, 'type') || !pair.claim(column.id, 'default') || column.default?.kind === 'call')
    return false;
  column.type = to;
  return true;
}

export const domainKinds: readonly Kind[] = [
  risky('domain checked otherwise', 'data', (pair) => {
    const domain = used(pair, ({ limit }) => limit !== null);
    domain.limit = pair.random.pick([4000, 6000]);
    return pair.claim(domain.name, 'type');
  }),
  risky('domain checked no more', 'none', (pair) => {
    const domain = used(pair, ({ limit }) => limit !== null);
    domain.limit = null;
    return pair.claim(domain.name, 'type');
  }),
  risky('domain of another type', 'data', (pair) => {
    const domain = used(pair, ({ type }) => type === 'integer');
    domain.type = 'bigint';
    return pair.claim(domain.name, 'type');
  }),
  risky('domain requires a value', 'data', (pair) => {
    const domain = plantDomain(pair, { type: 'integer', notNull: false, limit: pair.random.pick([null, 5000]) });
    domain.notNull = true;
    return pair.claim(domain.name, 'type');
  }),
  risky('domain requires no value any more', 'none', (pair) => {
    const domain = plantDomain(pair, { type: 'integer', notNull: true, limit: null });
    domain.notNull = false;
    return pair.claim(domain.name, 'type');
  }),
  risky('column takes a domain', 'data', (pair) => {
    const domain = { name: pair.id('score'), type: 'integer', notNull: false, limit: 5000 };
    pair.after.domains.push(domain);
    return pair.claim(domain.name, 'type') && move(pair, 'integer', domain.name);
  }),
  risky('column leaves its domain', 'none', (pair) => {
    const domain = pair.after.domains.find(({ name, type }) => type === 'integer' && pair.isFree(name, 'type'));
    const { name } = domain ?? plantDomain(pair, { type: 'integer', notNull: false, limit: 5000 });
    return move(pair, name, 'integer');
  }),
];
