import type { Problem } from '../errors.ts';
import type { Context } from './context.ts';
import { isPublic, unquote } from './names.ts';
import { constraintsInSql } from './constraints-in-sql.ts';
import type { Source } from './source.ts';

/** What is said otherwise than it was, or somewhere else. */
export const notesOf = (source: Source, context: Context): Problem[] =>
  [
    note(
      [...context.serials].filter((key) => !context.lost.has(`column ${key}`)),
      'serial',
      (all) => `Serial columns become identities, which number from the highest value on: ${all}.`,
      'Nothing; the next migration moves them.',
    ),
    note(
      numbering(source, context),
      'numbering_options',
      (all) => `How these are numbered is not pulled: ${all}.`,
      'Write `alter sequence …` in src/sql/*.server.sql, if another database shall number the same way.',
    ),
    note(
      domainDefaults(context),
      'domain_default',
      (all) => `Domains of the model have no default, so each of their columns has it: ${all}.`,
      'Nothing; rows get the same values.',
    ),
    note(
      Object.entries(context.catalog.domains)
        .filter(([name, { checks }]) => isPublic(name) && Object.keys(checks).length > 1)
        .map(([name]) => name),
      'domain_checks',
      (all) => `Domains of the model have one check, so theirs are joined by \`and\`: ${all}.`,
      'Nothing; the same values are refused.',
    ),
    note(
      constraintsInSql(context).map(({ table, name, definition }) => `${name} of ${table} (${definition})`),
      'constraint_in_sql',
      (all) => `No decorator can say these constraints, so they stand in src/sql/pulled.server.sql: ${all}.`,
      'Nothing on the server. Clients will not have them.',
    ),
    note(
      keyVariants(context),
      'key_variant',
      (all) => `These primary keys become plain ones: ${all}.`,
      'Nothing, if nobody defers them or reads included columns from their index.',
    ),
    note(
      joiningTables(context),
      'joining_table',
      (all) => `These tables only join two others, and are entities of their own: ${all}.`,
      'Nothing; or say it by @ManyToMany and @JoinTable in one of the two.',
    ),
  ].flatMap((one) => one ?? []);

function note(subjects: readonly string[], code: string, says: (all: string) => string, fix: string): Problem | null {
  return subjects.length === 0 ? null : { code, message: says([...subjects].sort().join(', ')), fix };
}

const numbering = ({ sequences }: Source, { serials, catalog, lost }: Context): string[] =>
  sequences.flatMap(({ table, column, options }) => {
    const key = `${table ?? ''}.${column ?? ''}`;
    const isNumbered =
      serials.has(key) || (catalog.tables[table ?? '']?.columns[column ?? '']?.identity ?? null) !== null;
    return isNumbered && options !== '' && !lost.has(`column ${key}`) ? [`${key} (${options})`] : [];
  });

const domainDefaults = ({ catalog: { tables, domains }, lost }: Context): string[] =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.entries(columns)
      .filter(
        ([name, { type, default: value }]) =>
          !lost.has(`column ${table}.${name}`) && value === null && (domains[type]?.default ?? null) !== null,
      )
      .map(([name]) => `${table}.${name}`),
  );

const keyVariants = ({ catalog: { tables }, lost }: Context): string[] =>
  Object.entries(tables).flatMap(([table, { constraints }]) =>
    Object.values(constraints)
      .filter(
        ({ kind, definition, columns }) =>
          kind === 'primary' &&
          isPublic(table) &&
          !lost.has(`relation ${table}`) &&
          definition !== `PRIMARY KEY (${columns.join(', ')})`,
      )
      .map(({ definition }) => `${table} (${definition})`),
  );

function joiningTables({ catalog: { tables }, foreignKeys, lost }: Context): string[] {
  return Object.entries(tables)
    .filter(([table, { columns, constraints }]) => {
      const key =
        Object.values(constraints)
          .find(({ kind }) => kind === 'primary')
          ?.columns.map(unquote) ?? [];
      const keys = foreignKeys.filter((one) => one.table === table);
      const names = Object.keys(columns).map(unquote).sort().join();
      const joins = keys
        .flatMap((one) => one.columns)
        .sort()
        .join();
      return keys.length === 2 && joins === names && [...key].sort().join() === names && !lost.has(`relation ${table}`);
    })
    .map(([table]) => table);
}
