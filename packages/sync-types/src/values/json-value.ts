import { ValueError } from './errors.ts';
import { endOfQuoted } from './quoted.ts';

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const NUMBERS = new RegExp(NUMBER, 'g');
/** What an object of the one key `$json` may stand for. */
const RAW = new RegExp(`^(?:null|${NUMBER})$`);
/** Only such a text can have a number that JavaScript would round, or an object that looks like our tag. */
const DOUBTFUL = /[\d.]{16}|\d[eE][+-]?\d+\s*(?:[,\]}]|$)|\$json"|\\u00/;
/** The tag in what `JSON.stringify` writes. Within a string there would be a backslash before each quote. */
const TAGS = /\{"(\$+)json":"([^"\\]*)"\}/g;

/**
 * Reads JSON without a loss: a number that a double does not hold stands as `{ $json: '12345678901234567890' }`, which
 * {@link printJson} turns into that number again. An object of the document that looks the same gets one more `$`.
 *
 * (The reviver's `context.source` would tell as much, but not every engine that we run in has it.)
 */
export function parseJson(text: string): unknown {
  if (!DOUBTFUL.test(text)) return JSON.parse(text);
  const parts = split(text);
  const exact = parts.map((part, i) => {
    if (i % 2 === 0) return part.replaceAll(NUMBERS, (number) => (isExact(number) ? number : `{"$json":"${number}"}`));
    return looksLikeTag(parts, i) ? `"$${part.slice(1)}` : part;
  });
  return JSON.parse(exact.join(''));
}

/**
 * Writes JSON; the inverse of {@link parseJson}. `{ $json: 'null' }` is JSON's own null where SQL's is not meant.
 *
 * @throws {ValueError} JSON has no such value: `NaN`, an infinity, a bigint, a function
 */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (Object.is(part, -0)) return { $json: '-0' };
    const isOdd =
      typeof part === 'number' ? !Number.isFinite(part) : ['bigint', 'function', 'symbol'].includes(typeof part);
    if (isOdd) throw new ValueError(`JSON has no such value: ${String(part)}`, part);
    return part;
  });
  return text.replaceAll(TAGS, (tag, dollars: string, raw: string) => {
    if (!RAW.test(raw)) return tag;
    return dollars === '$' ? raw : `{"${dollars.slice(1)}json":"${raw}"}`;
  });
}

/** A JSON text cut where its strings begin and end: they stand at the odd places. */
function split(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', from)) {
    const end = endOfQuoted(text, at);
    parts.push(text.slice(from, at), text.slice(at, end));
    from = end;
  }
  return [...parts, text.slice(from)];
}

/** Whether a string is the only key of an object that {@link printJson} would write as something else. */
function looksLikeTag(parts: readonly string[], at: number): boolean {
  const [before = '', key = '', colon = '', value = '', after = ''] = parts.slice(at - 1, at + 4);
  if (!/\{\s*$/.test(before) || colon.trim() !== ':' || !/^\s*\}/.test(after)) return false;
  return /^\$+json$/.test(JSON.parse(key) as string) && RAW.test(JSON.parse(value) as string);
}

/** Whether a double is the same decimal number: for `1.0` and `1e2` it is, for 2^53 + 1 and `1e400` it is not. */
function isExact(number: string): boolean {
  const double = Number(number);
  return Number.isFinite(double) && decimal(number) === decimal(String(double));
}

/** A decimal number in one spelling: its significant digits, and the exponent of the last of them. */
function decimal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
