/**
 * TypeScript as Prettier prints it with the house's options. Prettier itself is a tool of the workspace and not of this
 * package, and the few shapes that decorators consist of do not need the rest of it.
 */
export type Node =
  | string
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: Node])[] }
  | { readonly kind: 'array'; readonly items: readonly Node[] }
  | { readonly kind: 'arrow'; readonly body: string };

export type Call = Extract<Node, { kind: 'call' }>;

const WIDTH = 120;

export const call = (name: string, ...args: readonly Node[]): Call => ({ kind: 'call', name, args });
export const array = (items: readonly Node[]): Node => ({ kind: 'array', items });
export const arrow = (body: string): Node => ({ kind: 'arrow', body });

/** Entries without a value are left out. */
export const object = (entries: Readonly<Record<string, Node | undefined>>): Node => ({
  kind: 'object',
  entries: Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
});

/** A call with an object of options last, unless it is empty. */
export const callWith = (name: string, args: readonly Node[], options: Node): Call =>
  call(
    name,
    ...args,
    ...(typeof options === 'object' && options.kind === 'object' && options.entries.length === 0 ? [] : [options]),
  );

/** A string constant: single quotes, unless the other kind saves escapes. */
export function text(value: string): string {
  const count = (quote: string) => value.split(quote).length;
  const quote = count("'") > count('"') ? '"' : "'";
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

/** SQL as the house writes it in TypeScript: in a template, where quotes need no escapes; on one line. */
export const sql = (value: string): string =>
  /[\n\r]/.test(value)
    ? text(value)
    : `\`${value.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;

/** On one line. */
export function inline(node: Node): string {
  if (typeof node === 'string') return node;
  switch (node.kind) {
    case 'call':
      return `${node.name}(${node.args.map(inline).join(', ')})`;
    case 'array':
      return `[${node.items.map(inline).join(', ')}]`;
    case 'arrow':
      return `() => ${node.body}`;
    case 'object':
      return node.entries.length === 0
        ? '{}'
        : `{ ${node.entries.map(([key, value]) => `${key}: ${inline(value)}`).join(', ')} }`;
  }
}

/**
 * @param indent  of the line that it begins on
 * @param before  characters that stand before it on that line
 * @param after   characters that follow it on its last line
 */
export function layout(node: Node, indent: number, before: number, after = 0): string {
  const flat = inline(node);
  if (typeof node === 'string') return flat;
  if (!isForced(node) && before + flat.length + after <= WIDTH) return flat;
  switch (node.kind) {
    case 'arrow':
      return `() =>\n${pad(indent + 2)}${node.body}`;
    case 'call':
      return layoutCall(node, indent, before);
    case 'array':
      return lines('[', node.items, ']', indent);
    case 'object':
      return `{\n${node.entries.map(([key, value]) => entry(key, value, indent + 2)).join('')}${pad(indent)}}`;
  }
}

function entry(key: string, value: Node, indent: number): string {
  const start = `${pad(indent)}${key}: `;
  const isLong = typeof value === 'string' && !value.startsWith('`') && start.length + value.length + 1 > WIDTH;
  return isLong
    ? `${pad(indent)}${key}:\n${pad(indent + 2)}${value},\n`
    : `${start}${layout(value, indent, start.length, 1)},\n`;
}

/** The last argument opens on the call's own line, if it can open at all and is unlike the one before it. */
function layoutCall({ name, args }: Call, indent: number, before: number): string {
  const last = args.at(-1);
  const others = args.slice(0, -1);
  const head = `${name}(${others.map((one) => `${inline(one)}, `).join('')}`;
  const hugs = last !== undefined && opens(last) && !others.some(isForced) && kindOf(others.at(-1)) !== kindOf(last);
  if (!hugs || before + head.length + 1 > WIDTH) return lines(`${name}(`, args, ')', indent);
  return `${head}${layout(last, indent, WIDTH)})`;
}

const lines = (open: string, items: readonly Node[], close: string, indent: number): string =>
  `${open}\n${items.map((item) => `${pad(indent + 2)}${layout(item, indent + 2, indent + 2, 1)},\n`).join('')}${pad(indent)}${close}`;

const pad = (indent: number): string => ' '.repeat(indent);
const kindOf = (node: Node | undefined): string | undefined => (typeof node === 'object' ? node.kind : undefined);

const opens = (node: Node): boolean =>
  typeof node === 'object' &&
  ((node.kind === 'object' && node.entries.length > 0) || (node.kind === 'array' && node.items.length > 0));

/** Several objects of several entries never share a line. */
export function isForced(node: Node): boolean {
  if (typeof node === 'string') return false;
  switch (node.kind) {
    case 'arrow':
      return false;
    case 'call':
      return node.args.some(isForced);
    case 'object':
      return node.entries.some(([, value]) => isForced(value));
    case 'array':
      return (
        node.items.some(isForced) ||
        (node.items.length > 1 &&
          node.items.every((one) => typeof one === 'object' && one.kind === 'object' && one.entries.length > 1))
      );
  }
}
