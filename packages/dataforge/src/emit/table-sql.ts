import type { ColumnModel, ForeignKeyModel, TableModel } from '../ir/types.ts';

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const list = (names: readonly string[]): string => names.map(quote).join(', ');

/** `create table` with everything that belongs to the table itself; foreign keys follow separately. */
export function createTable(table: TableModel, options: { readonly deferrableUniques: boolean }): string {
  // One that contains the primary key can never be violated alone, and foreign keys refuse to lean on deferrable ones.
  const deferrable = (columns: readonly string[]) =>
    options.deferrableUniques && !table.key.every((key) => columns.includes(key))
      ? ' deferrable initially deferred'
      : '';
  const parts = [
    ...table.columns.map(columnSql),
    `constraint ${quote(`pk_${table.name}`)} primary key (${list(table.key)})`,
    ...table.uniques.map(
      ({ name, columns }) => `constraint ${quote(name)} unique (${list(columns)})${deferrable(columns)}`,
    ),
    ...table.checks.map(({ name, expression }) => `constraint ${quote(name)} check (${expression})`),
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
    .map(([what, text]) => (text === null ? '' : `comment on ${what} is '${text.replaceAll("'", "''")}';\n`))
    .join('');

const columnSql = ({ name, type, nullable, default: value }: ColumnModel): string =>
  `${quote(name)} ${type}${nullable ? '' : ' not null'}${value === null ? '' : ` default ${value}`}`;

export const createIndices = (table: TableModel): string =>
  table.indices
    .map(({ name, columns, unique, where }) => {
      const kind = unique ? 'unique index' : 'index';
      return `create ${kind} ${quote(name)} on ${quote(table.name)} (${list(columns)})${where ? ` where ${where}` : ''};\n`;
    })
    .join('');

/** @param tail  `on delete …` and the like, or deferral */
export const addForeignKey = (table: TableModel, key: ForeignKeyModel, tail: string): string =>
  `alter table ${quote(table.name)} add constraint ${quote(key.name)} foreign key (${list(key.columns)})\n` +
  `  references ${quote(key.table)} (${list(key.referenced)})${tail};\n`;

/**
 * Fills in the scope column from the parent, when it is missing or the parent changes. The composite foreign key, not
 * this trigger, is what keeps it right; rows that arrive with it (COPY, synchronisation) do not pay for it.
 */
export function fillScope(table: TableModel, options: { readonly lockParent: boolean }): string {
  const parent = table.scope?.parent;
  if (!table.scope || !parent) return '';
  const column = quote(table.scope.column);
  const join = quote(parent.column);
  const name = `fill_scope_${table.name}`;
  const lock = options.lockParent ? ' for key share' : '';
  return `create function ${quote(name)}() returns trigger language plpgsql as $$
begin
  select p.${quote(parent.scopeColumn)} into new.${column} from ${quote(parent.table)} p
    where p.id = new.${join}${lock};
  return new;
end $$;
create trigger ${quote(`${name}_insert`)} before insert on ${quote(table.name)}
  for each row when (new.${column} is null) execute function ${quote(name)}();
create trigger ${quote(`${name}_update`)} before update of ${join} on ${quote(table.name)}
  for each row when (old.${join} is distinct from new.${join}) execute function ${quote(name)}();
`;
}
