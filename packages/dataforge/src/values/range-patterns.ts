import { WHOLE, numeric } from './number-patterns.ts';
import { TIMES } from './time-patterns.ts';

/** A range's name without `range` or `multirange`, and what its bounds look like. */
const BOUNDS: Readonly<Record<string, string | undefined>> = {
  int4: WHOLE,
  int8: WHOLE,
  num: numeric([]),
  date: TIMES['date'],
  ts: TIMES['timestamp without time zone'],
  tstz: TIMES['timestamp with time zone'],
};

const range = (bound: string): string => {
  const end = `(?:${bound}|"(?:${bound})")?`;
  return String.raw`(?:empty|[\[(]${end},${end}[\])])`;
};

/** Built-in ranges and multiranges, as Postgres prints them; the order of the bounds is left to it. */
export const RANGES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(BOUNDS).flatMap(([name, bound = '']) => {
    const one = range(bound);
    return [
      [`${name}range`, one],
      [`${name}multirange`, String.raw`\{(?:${one}(?:,${one})*)?\}`],
    ];
  }),
);
