import { quote } from '../../../ir/names.ts';

/** An expression over columns of a row, as a form: SQL on one side, TypeScript on the other, written apart. */
export interface Formula {
  readonly op: keyof typeof FORMULAS | 'lookup';
  /** Ids. */
  readonly columns: readonly string[];
  /** Of `lookup`: the parent's column, and the one that the row leads to. */
  readonly from?: {
    readonly table: string;
    readonly value: string;
    readonly key: string;
    readonly otherwise: string | null;
  };
}

interface Form {
  readonly takes: readonly Family[];
  readonly type: string;
  readonly required: boolean;
  sql(...columns: string[]): string;
  value(...texts: (string | null)[]): string | null;
}

export type Family = 'integer' | 'text';

/** What formulas and checks accept as numbers or as text. */
export function familyOf(type: string): Family | null {
  if (['smallint', 'integer', 'bigint', 'numeric'].includes(type)) return 'integer';
  return type === 'text' || /^character varying(\(\d+\))?$/.test(type) ? 'text' : null;
}

const strict =
  (compute: (...texts: string[]) => string) =>
  (...texts: (string | null)[]): string | null =>
    texts.some((text) => text === null) ? null : compute(...(texts as string[]));

export const FORMULAS = {
  seven: { takes: [], type: 'integer', required: true, sql: () => '7', value: () => '7' },
  words: { takes: [], type: 'text', required: true, sql: () => `'it''s'`, value: () => "it's" },
  twice: {
    takes: ['integer'],
    type: 'bigint',
    required: false,
    sql: (a = '') => `${a} * 2`,
    value: strict((a = '') => String(Number(a) * 2)),
  },
  next: {
    takes: ['integer'],
    type: 'integer',
    required: true,
    sql: (a = '') => `coalesce(${a}, 0) + 1`,
    value: (a) => String(Number(a ?? 0) + 1),
  },
  sum: {
    takes: ['integer', 'integer'],
    type: 'bigint',
    required: false,
    sql: (a = '', b = '') => `${a} + ${b}`,
    value: strict((a = '', b = '') => String(Number(a) + Number(b))),
  },
  loud: {
    takes: ['text'],
    type: 'text',
    required: true,
    sql: (a = '') => `coalesce(${a}, 'nothing') || '!'`,
    value: (a) => `${a ?? 'nothing'}!`,
  },
  size: {
    takes: ['text'],
    type: 'integer',
    required: false,
    sql: (a = '') => `length(${a})`,
    value: strict((a = '') => String(Array.from(a).length)),
  },
} as const satisfies Record<string, Form>;

/** @param name  a column's name by its id */
export function formulaSql({ op, columns, from }: Formula, name: (id: string) => string, own: string): string {
  if (op !== 'lookup') return (FORMULAS[op] as Form).sql(...columns.map((id) => quote(name(id))));
  if (!from) throw new Error('A lookup says where.');
  const [join = ''] = columns;
  const found = `(select p.${quote(name(from.value))} from ${quote(name(from.table))} p where p.${quote(name(from.key))} = ${quote(own)}.${quote(name(join))})`;
  return from.otherwise === null ? found : `coalesce(${found}, '${from.otherwise}')`;
}

export const formOf = (op: keyof typeof FORMULAS): Form => FORMULAS[op];
