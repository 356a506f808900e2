/** A character that Postgres stores: all of Unicode but NUL and lone surrogates. With the flag `u` pairs are one. */
export const CHARACTER = String.raw`[^\0\ud800-\udfff]`;

/** A text of at most so many characters; Postgres counts code points, as the flag `u` does. */
export const text = (max?: number): string => `${CHARACTER}${max === undefined ? '*' : `{0,${max}}`}`;

export const bits = (min: number, max: number | ''): string => `[01]{${min},${max}}`;

/** The plain texts whose form says nothing about other types. */
export const PLAIN: Readonly<Record<string, string>> = {
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  bytea: String.raw`\\x(?:[0-9a-f]{2})*`,
  // One byte; those that are not ASCII stand as three octal digits.
  '"char"': String.raw`[\x01-\x7f]?|\\[23][0-7]{2}`,
  pg_lsn: '(?:0|[1-9A-F][0-9A-F]{0,7})/(?:0|[1-9A-F][0-9A-F]{0,7})',
  inet: String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)(?:/\d{1,3})?`,
  cidr: String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)/\d{1,3}`,
  macaddr: '[0-9a-f]{2}(?::[0-9a-f]{2}){5}',
  macaddr8: '[0-9a-f]{2}(?::[0-9a-f]{2}){7}',
};
