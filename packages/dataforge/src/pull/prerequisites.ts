import { extensionOf } from '../ir/column-type.ts';
import { literal } from '../ir/names.ts';
import type { Context } from './context.ts';
import { inNameOrder, isPublic } from './names.ts';
import type { SequenceEntry, Source } from './source.ts';

const columnsOf = ({ catalog, lost }: Context) =>
  Object.entries(catalog.tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(([name, column]) => (lost.has(`column ${table}.${name}`) ? [] : [column])),
  );

/** Extensions that the columns' types do not bring along by themselves. */
export function extensions(context: Context): string[] {
  const implied = new Set(columnsOf(context).map(({ type }) => extensionOf(type)));
  return [...context.catalog.extensions]
    .sort()
    .filter((name) => !implied.has(name) && !context.lost.has(`extension ${name}`))
    .map((name) => `create extension if not exists ${name} with schema public`);
}

/** Types that no column has, but perhaps a function. */
export function types(context: Context): string[] {
  const { catalog, lost } = context;
  const used = new Set(columnsOf(context).map(({ type }) => type.replace(/\[\]$/, '')));
  const isFree = (name: string) => isPublic(name) && !used.has(name) && !lost.has(`type ${name}`);
  return [
    ...inNameOrder(catalog.enums)
      .filter(([name]) => isFree(name))
      .map(([name, labels]) => `create type ${name} as enum (${labels.map(literal).join(', ')})`),
    ...inNameOrder(catalog.domains)
      .filter(([name]) => isFree(name))
      .map(([name, { type, default: value, notNull, checks }]) =>
        [
          `create domain ${name} as ${type}`,
          ...(value === null ? [] : [`default ${value}`]),
          ...(notNull ? ['not null'] : []),
          ...Object.entries(checks).map(([check, definition]) => `constraint ${check} ${definition}`),
        ].join(' '),
      ),
  ];
}

/** Sequences that neither a serial column nor an identity stands for. */
function freeSequences(source: Source, { catalog, lost, serials }: Context): SequenceEntry[] {
  const isIdentity = ({ table, column }: SequenceEntry) =>
    (catalog.tables[table ?? '']?.columns[column ?? '']?.identity ?? null) !== null;
  return source.sequences.filter(
    (one) =>
      !serials.has(`${one.table ?? ''}.${one.column ?? ''}`) && !isIdentity(one) && !lost.has(`sequence ${one.name}`),
  );
}

export const sequences = (source: Source, context: Context): string[] =>
  freeSequences(source, context).map(({ name, type, options }) =>
    `create sequence ${name} as ${type} ${options}`.trim(),
  );

/** A sequence goes when its column goes. */
export const owners = (source: Source, context: Context): string[] =>
  freeSequences(source, context).flatMap(({ name, table, column }) =>
    table === null || column === null ? [] : [`alter sequence ${name} owned by ${table}.${column}`],
  );
