import { ValueError } from './errors.ts';
import { endOfQuoted } from './quoted.ts';

/** How an array's elements are read, written and separated. */
export interface ElementType {
  readonly delimiter: ',' | ';';
  /** An element may be an array itself, as one of JSON may: then the outermost array alone is Postgres's. */
  readonly isNested: boolean;
  readonly parse: (text: string) => unknown;
  readonly print: (value: unknown) => string;
}

/**
 * Reads an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). More dimensions are arrays of arrays;
 * lower bounds, as in `[0:2]={1,2,3}`, have no place in a JavaScript array and are dropped.
 *
 * @throws {ValueError} the text breaks off
 */
export function parseArray(text: string, { delimiter, parse }: ElementType): unknown[] {
  let at = text.indexOf('{');
  const item = (): unknown => {
    const start = at;
    if (text[at] === '{') return list();
    if (text[at] === '"') {
      at = endOfQuoted(text, at);
      return parse(text.slice(start + 1, at - 1).replaceAll(/\\(.)/gs, '$1'));
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') at++;
    if (at === start || at === text.length) {
      throw new ValueError(`Not an array of Postgres, from character ${start}: '${text}'`, text);
    }
    const element = text.slice(start, at);
    return element === 'NULL' ? null : parse(element);
  };
  const list = (): unknown[] => {
    const items: unknown[] = [];
    at++;
    while (text[at] !== '}') {
      items.push(item());
      if (text[at] === delimiter) at++;
    }
    at++;
    return items;
  };
  return list();
}

/** Writes an array. Postgres refuses it if its rows differ in length. */
export function printArray(values: readonly unknown[], element: ElementType): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value) && !element.isNested) return printArray(value, element);
    return quoted(element.print(value));
  });
  return `{${items.join(element.delimiter)}}`;
}

const quoted = (text: string): string =>
  /^$|["\\{},;\s]|^null$/i.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : text;
