/** Months with their days; whether a year has a 29th of February is left to Postgres. */
const MONTH_DAY = [
  '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])',
  '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)',
  '02-(?:0[1-9]|[12][0-9])',
].join('|');
const DAY = `(?!0000)[0-9]{4,7}-(?:${MONTH_DAY})`;
const CLOCK = String.raw`(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?|24:00:00)`;
const OFFSET = '[+-](?:0[0-9]|1[0-5])(?::[0-5][0-9]){0,2}';
const ZONE = `(?:Z|${OFFSET})`;

const date = `infinity|-infinity|${DAY}(?: BC)?`;
/**
 * Also with `T` and `Z`, as `Date.prototype.toISOString` writes it. The zone is asked for where it counts, and refused
 * where Postgres would drop it without a word.
 */
const timestamp = `infinity|-infinity|${DAY}[ T]${CLOCK}(?: BC)?`;
const timestamptz = `infinity|-infinity|${DAY}[ T]${CLOCK}${ZONE}(?: BC)?`;
/** As Postgres prints it: `1 year 2 mons -3 days +04:05:06.5`. */
const interval = String.raw`infinity|-infinity|(?! |$)(?:[+-]?\d+ (?:years?|mons?|days?)(?: (?=[+\d-])|(?=$)))*(?:[+-]?\d{2,}:[0-5]\d:[0-5]\d(?:\.\d{1,6})?)?`;

export const TIMES: Readonly<Record<string, string>> = {
  date,
  interval,
  'time without time zone': CLOCK,
  'time with time zone': `${CLOCK}${OFFSET}`,
  'timestamp without time zone': timestamp,
  'timestamp with time zone': timestamptz,
};
