/** Where in a value a number is that JSON does not have, and which. */
type Odd = readonly [...path: (string | number)[], number: string];

/**
 * JSON that keeps `NaN`, the infinities and -0, of which `JSON.stringify` makes `null` and 0. They stand on a second
 * line with their paths; a text without them is plain JSON, and costs one look at each value.
 */
export function exactJson(value: unknown): string {
  const odd: Odd[] = [];
  collect([value], [], odd);
  const json = JSON.stringify(value);
  return odd.length === 0 ? json : `${json}\n${JSON.stringify(odd)}`;
}

/** The inverse of {@link exactJson}. */
export function parseExactJson(text: string): unknown {
  const end = text.indexOf('\n'); // JSON.stringify writes none
  if (end < 0) return JSON.parse(text);
  const root = [JSON.parse(text.slice(0, end)) as unknown];
  for (const place of JSON.parse(text.slice(end)) as Odd[]) {
    const path = place.slice(0, -1);
    const last = path.pop() ?? '';
    let at = root as unknown as Record<string | number, unknown>;
    for (const key of path) at = at[key] as Record<string | number, unknown>;
    at[last] = Number(place.at(-1));
  }
  return root[0];
}

/** @param path  of the object; the same array all along, so that a result without odd numbers costs no memory */
function collect(parent: object, path: (string | number)[], odd: Odd[]): void {
  const visit = (key: string | number, value: unknown) => {
    if (typeof value === 'number' ? isPlain(value) : typeof value !== 'object' || value === null) return;
    path.push(key);
    if (typeof value === 'number') odd.push([...path, Object.is(value, -0) ? '-0' : String(value)]);
    else collect(value as object, path, odd);
    path.pop();
  };
  if (Array.isArray(parent)) for (let i = 0; i < parent.length; i++) visit(i, parent[i]);
  else for (const key in parent) visit(key, (parent as Record<string, unknown>)[key]);
}

const isPlain = (number: number): boolean => Number.isFinite(number) && !Object.is(number, -0);
