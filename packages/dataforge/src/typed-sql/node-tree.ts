/** A node that Postgres printed, or a list of values, or an atom; `<>` is null. */
export type TreeValue = string | null | TreeNode | readonly TreeValue[];

/**
 * A node of a parse tree as Postgres prints it (`pg_node_tree`): a tag and fields.
 *
 * A field that is asked for and is not there is an error, never 'nothing': that would be another version of Postgres,
 * and what follows from a tree that is misread is wrong.
 */
export class TreeNode {
  readonly tag: string;
  readonly #fields: ReadonlyMap<string, TreeValue>;

  constructor(tag: string, fields: ReadonlyMap<string, TreeValue>) {
    this.tag = tag;
    this.#fields = fields;
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  get(field: string): TreeValue {
    const value = this.#fields.get(field);
    if (value === undefined) throw new TypeError(`A node ${this.tag} has no field '${field}'`);
    return value;
  }

  text(field: string): string {
    const value = this.get(field);
    if (typeof value !== 'string') throw new TypeError(`${this.tag}.${field} is no atom`);
    return value;
  }

  int(field: string): number {
    return Number(this.text(field));
  }

  flag(field: string): boolean {
    return this.text(field) === 'true';
  }

  child(field: string): TreeNode | null {
    return nodeOf(this.get(field));
  }

  /** Lists may have holes: a dropped column, say. `<>` is the empty list. */
  children(field: string): readonly (TreeNode | null)[] {
    return this.values(field).map(nodeOf);
  }

  values(field: string): readonly TreeValue[] {
    const value = this.get(field);
    return Array.isArray(value) ? (value as readonly TreeValue[]) : [];
  }

  /** Sets `(b 3)` and lists `(i 1 2)`, `(o 23 25)` of numbers. */
  ints(field: string): readonly number[] {
    return this.values(field).slice(1).map(Number);
  }

  /** A copy with every field, of every node beneath too, passed through `change`. */
  map(change: (field: string, value: TreeValue) => TreeValue): TreeNode {
    const deep = (value: TreeValue): TreeValue =>
      value instanceof TreeNode ? value.map(change) : Array.isArray(value) ? value.map(deep) : value;
    return new TreeNode(
      this.tag,
      new Map(Array.from(this.#fields, ([field, value]) => [field, deep(change(field, value))])),
    );
  }

  /** This node and all beneath. */
  *walk(): Generator<TreeNode> {
    yield this;
    for (const value of this.#fields.values()) yield* walkValue(value);
  }
}

const nodeOf = (value: TreeValue | undefined): TreeNode | null => (value instanceof TreeNode ? value : null);

function* walkValue(value: TreeValue): Generator<TreeNode> {
  if (value instanceof TreeNode) yield* value.walk();
  else if (Array.isArray(value)) for (const each of value as readonly TreeValue[]) yield* walkValue(each);
}
