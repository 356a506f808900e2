/** A Postgres type taken apart, as `format_type` prints it. */
export interface TypeName {
  /** Of the element, where it is an array; without type modifiers. */
  readonly name: string;
  /** `20` of `character varying(20)`, `8, 2` of `numeric(8,2)`. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

/** `format_type` quotes these two where a bare name would mean something else; `bpchar` is a `character` without length. */
const SPELLINGS: Readonly<Record<string, string>> = { '"bit"': 'bit', bpchar: 'character' };

/**
 * Takes a type's name apart. Postgres does not tell `integer[]` from `integer[][]`, and neither does this.
 *
 * @param type  as `format_type` prints it, with modifiers or without
 */
export function readTypeName(type: string): TypeName {
  const element = type.replace(/(?:\[\d*\])+$/, '');
  // Within the quotes of somebody's own type, parentheses are part of its name.
  const found = /\((-?\d+(?:,\s*-?\d+)*)\)(?=[^"]*$)/.exec(element);
  const bare = found ? element.replace(found[0], '') : element;
  const name = bare.startsWith('interval ') ? 'interval' : (SPELLINGS[bare] ?? bare);
  return { name, modifiers: found?.[1]?.split(',').map(Number) ?? [], isArray: element !== type };
}
