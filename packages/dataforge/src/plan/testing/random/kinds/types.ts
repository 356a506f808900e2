import { EXPECTATIONS, type Expectation } from '../conversions.ts';
import { constantOf } from '../details.ts';
import { isPlain, type Pair } from '../pair.ts';
import { places, type Place } from '../sketch.ts';
import { VALUES } from '../values.ts';
import { risky, type Kind } from './kind.ts';

/** Columns that hold the same keys, at both ends of references: they change together or not at all. */
export function linked({ after, before }: Pair, id: string): string[] {
  const keys = [...after.tables, ...before.tables].flatMap(({ foreignKeys }) => foreignKeys);
  const pairs = keys.flatMap(({ columns, referenced }) =>
    columns.map((column, i) => [column, referenced[i] ?? ''] as const),
  );
  const found = new Set([id]);
  for (const one of found) {
    for (const [from, to] of pairs) {
      if (from === one) found.add(to);
      if (to === one) found.add(from);
    }
  }
  return [...found];
}

function isOpenTo(pair: Pair, place: Place, { to, merges, from, source }: Expectation): boolean {
  const { column } = place;
  return (
    column.type === from &&
    column.generated === null &&
    (column.role === null || column.role === 'scope') &&
    (column.identity === null || /^(smallint|integer|bigint)$/.test(to)) &&
    pair.isFree(column.id, 'type') &&
    (column.default === null || pair.isFree(column.id, 'default')) &&
    pair.allows(place, to) &&
    (!pair.demands(place).includes('comparable') || (!merges && VALUES[source]?.distinct !== undefined))
  );
}

/** Its default becomes what a value would; text that is no value of the type gives way to one that is. */
function retype({ after }: Pair, { column }: Place, { to, become, group }: Expectation): void {
  const old = column.default?.kind === 'constant' ? column.default.text : null;
  const text = old === null ? null : group === 'read from text' ? constantOf(after, to) : become(old);
  column.type = to;
  column.default = text === null ? null : { kind: 'constant', text };
  if (!/^(text|character)/.test(to)) column.collation = null;
}

const grouped = (group: Expectation['group']) => EXPECTATIONS.filter((one) => one.group === group);

function change(pair: Pair, group: Expectation['group']): boolean {
  const choices = pair.random.shuffle(grouped(group));
  const [choice] = choices;
  if (!choice) return false;
  const there = choices.flatMap((one) =>
    pair
      .columns((place) => isPlain(place) && isOpenTo(pair, place, one))
      .slice(0, 1)
      .map((place) => ({ place, one })),
  );
  const [found] = there;
  // New columns half of the time, or what is rare among the types would never be met.
  const { place, one } = found && pair.random.chance(0.5) ? found : { place: pair.plant(choice.from), one: choice };
  if (linked(pair, place.column.id).length > 1 || !pair.claim(place.column.id, 'type')) return false;
  retype(pair, place, one);
  return true;
}

/** A key's type, with those of all columns that refer to it. */
function changeKey(pair: Pair): boolean {
  const open = (id: string) => places(pair.after).get(id);
  for (const table of pair.random.shuffle(pair.kept())) {
    const group = linked(pair, table.key[0] ?? '').flatMap((id) => open(id) ?? []);
    const choices = EXPECTATIONS.filter(
      (one) =>
        !one.merges &&
        one.to !== 'jsonb' &&
        one.to !== 'double precision' &&
        !one.to.endsWith('[]') &&
        group.every((place) => isOpenTo(pair, place, one)),
    );
    const [choice] = pair.random.shuffle(choices);
    if (!choice || group.length < 2) continue;
    if (!group.every(({ column }) => pair.claim(column.id, 'type'))) return false;
    for (const place of group) retype(pair, place, choice);
    return true;
  }
  return false;
}

export const typeKinds: readonly Kind[] = [
  risky('type widened', 'none', (pair) => change(pair, 'widened')),
  risky('type narrowed', 'data', (pair) => change(pair, 'narrowed')),
  risky('type converted without loss', 'rewrite', (pair) => change(pair, 'converted without loss')),
  risky('type made text', 'rewrite', (pair) => change(pair, 'made text')),
  risky('type read from text', 'data', (pair) => change(pair, 'read from text')),
  risky('array type changed', 'rewrite', (pair) => change(pair, 'array')),
  risky('type converted with loss', 'destructive', (pair) => change(pair, 'lossy')),
  risky('type of a key and of its references changed', 'blocking', changeKey),
];
