import type { ColumnEntry } from '../catalog/types.ts';
import { sayType, type SaidType } from './column-type.ts';
import { readable } from './condition.ts';
import type { Context } from './context.ts';
import { sayDefault } from './default-value.ts';
import { call, callWith, object, sql, text, type Call, type Node } from './layout.ts';
import { unquote } from './names.ts';

/** A property of an entity's class. */
export interface Property {
  readonly decorators: readonly Call[];
  readonly name: string;
  readonly type: string;
}

/** What `@Column('type', …)` takes; for all else there is `@Column({ type, … })`. */
const COMMON = ['nullable', 'default', 'unique', 'array'];
const WITH: Readonly<Record<string, readonly string[]>> = {
  varchar: ['length'],
  char: ['length'],
  numeric: ['precision', 'scale'],
  time: ['precision'],
  timestamp: ['precision'],
  enum: ['enum', 'enumName'],
};

/** The columns of a table that can be said, those of the key in the key's order. */
export function columnProperties(context: Context, table: string, uniques: ReadonlySet<string>): Property[] {
  const { columns = {}, constraints = {} } = context.catalog.tables[table] ?? {};
  const key = Object.values(constraints).find(({ kind }) => kind === 'primary')?.columns ?? [];
  const names = Object.keys(columns).filter((name) => !context.lost.has(`column ${table}.${name}`));
  const rest = [...key];
  const ordered = names.map((name) => (key.includes(name) ? (rest.shift() ?? name) : name));
  return ordered.flatMap((name) => {
    const entry = columns[name];
    const type = entry && sayType(entry.type, context.catalog);
    if (!entry || !type) return [];
    const { comment, notNull } = entry;
    const domain = context.domains.get(type.domain ?? '');
    return {
      decorators: [
        ...(comment === null ? [] : [call('Describe', text(comment))]),
        ...(domain === undefined ? [] : [call('Domain', domain)]),
        columnCall(context, table, name, entry, type, { key: key.includes(name), unique: uniques.has(name) }),
      ],
      name: unquote(name),
      type: notNull || type.typescript === 'unknown' ? type.typescript : `${type.typescript} | null`,
    };
  });
}

function columnCall(
  context: Context,
  table: string,
  name: string,
  entry: ColumnEntry,
  type: SaidType,
  { key, unique }: { readonly key: boolean; readonly unique: boolean },
): Call {
  const identity = context.serials.has(`${table}.${name}`) ? 'by default' : entry.identity;
  if (key && identity !== null) return numbered(entry.type, identity);
  if (key && entry.type === 'uuid' && entry.default === 'gen_random_uuid()')
    return call('PrimaryGeneratedColumn', text('uuid'));
  const shared = context.enums.get(type.enum ?? '');
  const options: Record<string, Node | undefined> = {
    ...type.options,
    ...(shared === undefined ? {} : { enum: shared }),
    nullable: entry.notNull ? undefined : 'true',
    ...(context.lost.has(`default ${table}.${name}`) ? {} : valueOf(context, entry, type, identity)),
    unique: unique ? 'true' : undefined,
    collation: collationOf(context, table, name, entry),
  };
  if (key) return callWith('PrimaryColumn', [text(type.name)], object(options));
  const given = Object.keys(options).filter((option) => options[option] !== undefined);
  const takes = [...COMMON, ...(WITH[type.name] ?? [])];
  return given.every((option) => takes.includes(option))
    ? callWith('Column', [text(type.name)], object(options))
    : call('Column', object({ type: text(type.name), ...options }));
}

const collationOf = ({ lost }: Context, table: string, name: string, { collation }: ColumnEntry): Node | undefined =>
  collation === null || lost.has(`collation ${table}.${name}`) ? undefined : text(unquote(collation));

function numbered(type: string, identity: 'always' | 'by default'): Call {
  const own = type === 'integer' ? undefined : text(type);
  return identity === 'always'
    ? call('PrimaryGeneratedColumn', text('identity'), object({ type: own, generatedIdentity: text('ALWAYS') }))
    : callWith('PrimaryGeneratedColumn', [], object({ type: own }));
}

/** Where the value comes from that nobody gives. */
function valueOf(
  { catalog: { domains } }: Context,
  entry: ColumnEntry,
  type: SaidType,
  identity: ColumnEntry['identity'],
): Record<string, Node | undefined> {
  if (identity !== null) return { generatedIdentity: text(identity.toUpperCase()) };
  if (entry.generated) {
    const expression = entry.default ?? '';
    return { asExpression: sql(readable(expression)), generatedType: text(entry.generated.toUpperCase()) };
  }
  // A domain of the model has no default of its own.
  const value = entry.default ?? domains[type.domain ?? '']?.default ?? null;
  return { default: sayDefault({ ...entry, default: value }, domains) };
}
