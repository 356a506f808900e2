import { constraintsInSql } from './constraints-in-sql.ts';
import type { Context } from './context.ts';
import { extensions, owners, sequences, types } from './prerequisites.ts';
import { earlyFunctions, inOrder, programsOf, type Program } from './programs.ts';
import type { Source } from './source.ts';
import { triggers } from './triggers.ts';

/** The application's own SQL: what its tables need before them, and what needs them. Each empty if there is none. */
export interface Scripts {
  readonly first: string;
  readonly after: string;
}

const HEADER = '-- Pulled from the database by forge pull. From here on it is yours to change.\n\n';

/** @param isKnown  whether another script of the application makes it already: `view v`, `function f`, `trigger t` */
export function scriptsOf(source: Source, context: Context, isKnown: (what: string) => boolean): Scripts {
  const early = earlyFunctions(source.edges);
  const programs = inOrder(programsOf(source, context, isKnown), source.edges);
  const isEarly = ({ key }: Program) => early.has(key);
  return {
    first: script([
      ...extensions(context),
      ...types(context),
      ...sequences(source, context),
      ...programs.filter(isEarly).flatMap(({ statements }) => statements),
    ]),
    after: script([
      ...programs.filter((one) => !isEarly(one)).flatMap(({ statements }) => statements),
      ...owners(source, context),
      ...constraints(context),
      ...triggers(context, isKnown),
    ]),
  };
}

const script = (statements: readonly string[]): string =>
  statements.length === 0 ? '' : HEADER + statements.map((one) => `${one.trim().replace(/;$/, '')};\n`).join('\n');

const constraints = (context: Context): string[] =>
  constraintsInSql(context).map(
    ({ name, table, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
  );
