import { list, literal, objectName, quote, quoteIfNeeded } from '../ir/names.ts';
import type { ColumnModel, ForeignKeyModel, Model, TableModel } from '../ir/types.ts';

/** `create table` with everything that belongs to the table itself; foreign keys follow separately. */
export function createTable(table: TableModel, options: { readonly deferrableUniques: boolean }): string {
  // One that contains the primary key can never be violated alone, and foreign keys refuse to lean on deferrable ones.
  const isDeferred = ({ columns, deferrable }: TableModel['uniques'][number]) =>
    deferrable || (options.deferrableUniques && !table.key.every((key) => columns.includes(key)));
  const deferral = (deferred: boolean) => (deferred ? ' deferrable initially deferred' : '');
  const parts = [
    ...table.columns.map(columnSql),
    `constraint ${quote(objectName('pk', table.name))} primary key (${list(table.key)})`,
    ...table.uniques.map(
      (unique) => `constraint ${quote(unique.name)} unique (${list(unique.columns)})${deferral(isDeferred(unique))}`,
    ),
    ...table.checks.map(({ name, expression }) => `constraint ${quote(name)} check (${expression})`),
    ...table.exclusions.map(
      ({ name, expression }) => `constraint ${quote(name)} exclude ${expression}${deferral(options.deferrableUniques)}`,
    ),
  ];
  return `create table ${quote(table.name)} (\n  ${parts.join(',\n  ')});\n${comments(table)}`;
}

const comments = (table: TableModel): string =>
  [
    [`table ${quote(table.name)}`, table.description] as const,
    ...table.columns.map(
      ({ name, description }) => [`column ${quote(table.name)}.${quote(name)}`, description] as const,
    ),
  ]
    .map(([what, text]) => (text === null ? '' : `comment on ${what} is ${literal(text)};\n`))
    .join('');

function columnSql({ name, type, collation, nullable, default: value, generated, identity }: ColumnModel): string {
  const parts = [quote(name), type];
  if (collation !== null) parts.push(`collate ${collation}`);
  if (generated) parts.push(`generated always as (${generated.expression}) ${generated.kind}`);
  else if (identity) parts.push(`generated ${identity} as identity`);
  if (!nullable) parts.push('not null');
  if (value !== null && !generated) parts.push(`default ${value}`);
  return parts.join(' ');
}

export const createIndices = (table: TableModel): string =>
  table.indices
    .map(
      ({ name, unique, definition }) =>
        `create ${unique ? 'unique index' : 'index'} ${quote(name)} on ${quote(table.name)} ${definition};\n`,
    )
    .join('');

/** @param tail  `on delete …` and the like, or deferral */
export const addForeignKey = (table: TableModel, key: ForeignKeyModel, tail: string): string =>
  `alter table ${quote(table.name)} add constraint ${quote(key.name)} foreign key (${list(key.columns)})\n` +
  `  references ${quote(key.table)} (${list(key.referenced)})${tail};\n`;

/** Extensions, enums, domains: what tables are made of. */
export const createTypes = ({ extensions, enums, domains }: Model): string =>
  [
    ...extensions.map((name) => `create extension if not exists ${name} with schema public;\n`),
    ...enums.map(
      ({ name, labels }) => `create type ${quoteIfNeeded(name)} as enum (${labels.map(literal).join(', ')});\n`,
    ),
    ...domains.map(({ name, type, notNull, check }) =>
      [
        `create domain ${quoteIfNeeded(name)} as ${type}`,
        notNull ? ' not null' : '',
        check === null ? '' : ` check (${check})`,
        ';\n',
      ].join(''),
    ),
  ].join('');

/** The application's own SQL: before its tables, or after them. */
export const scriptsSql = ({ scripts }: Model, first: boolean): string =>
  scripts
    .filter((script) => script.first === first)
    .map(({ path, sql }) => `-- ${path}\n${sql.trimEnd()}\n`)
    .join('\n');

/**
 * Fills in the scope column from the parent, when it is missing or the parent changes. The composite foreign key, not
 * this trigger, is what keeps it right; rows that arrive with it (COPY, synchronisation) do not pay for it.
 */
export function fillScope(table: TableModel, options: { readonly lockParent: boolean }): string {
  const { column: scopeColumn = null, parent = null } = table.scope ?? {};
  if (scopeColumn === null || !parent) return '';
  const column = quote(scopeColumn);
  const name = objectName('fill_scope', table.name);
  const lock = options.lockParent ? ' for key share' : '';
  const matches = parent.columns.map((own, i) => `p.${quoteIfNeeded(parent.referenced[i] ?? '')} = new.${quote(own)}`);
  const moved = parent.columns.map((own) => `old.${quote(own)} is distinct from new.${quote(own)}`);
  return `create function ${quote(name)}() returns trigger language plpgsql as $$
begin
  select p.${quote(parent.scopeColumn)} into new.${column} from ${quote(parent.table)} p
    where ${matches.join(' and ')}${lock};
${parent.nowhere === null ? '' : `  if not found then new.${column} := ${literal(parent.nowhere)}; end if;\n`}  return new;
end $$;
create trigger ${quote(`${name}_insert`)} before insert on ${quote(table.name)}
  for each row when (new.${column} is null) execute function ${quote(name)}();
create trigger ${quote(`${name}_update`)} before update of ${list(parent.columns)} on ${quote(table.name)}
  for each row when (${moved.join(' or ')}) execute function ${quote(name)}();
`;
}
