import { TreeNode, type TreeValue } from './node-tree.ts';

/** Brackets by themselves, quoted strings, and atoms, in which a backslash takes the next character's meaning away. */
const TOKEN = /[{}()]|"(?:[^"\\]|\\[^])*"|(?:[^\s{}()\\]|\\[^])+/g;

/**
 * Reads what Postgres's `nodeToString` writes: `{TAG :field value …}`, `(list)`, `"string"`, atoms, `<>`.
 *
 * Postgres reads fields in a fixed order, so that it need not escape a name like `:a` among the values; here a field
 * therefore has a first value whatever that looks like. A constant's bytes are several values, and become a list.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/nodes/read.c
 */
export function parseNodeTree(text: string): TreeValue {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new TypeError('A node tree ends too early');
    return token;
  };

  const value = (): TreeValue => {
    const token = next();
    if (token === '{') return node();
    if (token === '(') return list();
    return token === '<>' ? null : atom(token);
  };

  const list = (): TreeValue[] => {
    const values: TreeValue[] = [];
    while (tokens[at] !== ')') values.push(value());
    at++;
    return values;
  };

  const node = (): TreeNode => {
    const tag = next();
    const fields = new Map<string, TreeValue>();
    while (tokens[at] !== '}') {
      const name = next().slice(1);
      const values = [value()];
      while (tokens[at] !== '}' && tokens[at]?.startsWith(':') === false) values.push(value());
      fields.set(name, values.length === 1 ? (values[0] as TreeValue) : values);
    }
    at++;
    return new TreeNode(tag, fields);
  };

  return value();
}

const atom = (token: string): string => (token.startsWith('"') ? token.slice(1, -1) : token).replace(/\\([^])/g, '$1');
