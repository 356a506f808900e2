import { objectName, quote } from '../ir/names.ts';

/** A name without its quotes: models and catalogs may not agree on which names need them (`position`, `values`). */
export const bare = (name: string): string =>
  name.replace(/"((?:[^"]|"")*)"/g, (_, inside: string) => inside.replaceAll('""', '"'));

/** The name by which a list knows what somebody may have spelled otherwise. */
export const spelled = (names: Iterable<string>, name: string): string | undefined =>
  [...names].find((one) => bare(one) === bare(name));

/** A table's name inside of its schema. */
export const unqualified = (table: string): string => table.replace(/^(?:[^".]+|"(?:[^"]|"")*")\.(?=.)/, '');

/** A name in the same schema for what has to leave its own, for a while or until it goes. */
export function asideOf(name: string): string {
  const own = unqualified(name);
  return name.slice(0, -own.length) + quote(objectName(bare(own), '_was'));
}
