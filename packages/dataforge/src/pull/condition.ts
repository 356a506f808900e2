/** Takes off parentheses that enclose a whole expression. */
export function bare(expression: string): string {
  let at = expression;
  while (at.startsWith('(') && closing(at) === at.length - 1) at = at.slice(1, -1);
  return at;
}

/** Where the parenthesis that an expression begins with is closed; texts and quoted names are skipped. */
function closing(expression: string): number {
  let depth = 0;
  for (const { 0: token, index } of expression.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (token === '(') depth += 1;
    else if (token === ')' && --depth === 0) return index;
  }
  return -1;
}

const NAME = String.raw`([a-z_][a-z0-9_$]*|"(?:[^"]|"")+")`;
const TEXT = `'(?:[^']|'')*'`;
const listOf = (cast: string): string => `(${TEXT}::${cast}(?:, ${TEXT}::${cast})+)`;
const PLAIN = String.raw`\(${NAME} (= ANY|<> ALL) \(ARRAY\[${listOf('(?:[a-z_]+|"[^"]+")')}\]\)\)`;
const VARYING = String.raw`\(\(${NAME}\)::text (= ANY|<> ALL) \(\(ARRAY\[${listOf('character varying')}\]\)::text\[\]\)\)`;

/**
 * A condition as people write it: `status in ('a', 'b')`.
 *
 * It is more than looks: what Postgres prints for a list of `varchar`, it would read as another expression than the one
 * that it printed.
 */
export function readable(expression: string): string {
  const member = (_: string, name: string, how: string, list: string): string => {
    const texts = [...list.matchAll(new RegExp(`(${TEXT})::`, 'g'))].map(([, one]) => one);
    return `(${name} ${how === '= ANY' ? 'in' : 'not in'} (${texts.join(', ')}))`;
  };
  return bare(expression.replace(new RegExp(VARYING, 'g'), member).replace(new RegExp(PLAIN, 'g'), member));
}
