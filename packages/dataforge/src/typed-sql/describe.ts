import type { PGlite } from '@electric-sql/pglite';
import { parseQuery, QueryError, type ParsedQuery } from '@vibestack/sync-types/query';
import { ForgeError } from '../errors.ts';
import { analyse, analysisHead } from './analyse.ts';
import { marksOf } from './literal.ts';
import { loadFacts } from './load-facts.ts';
import { nullability } from './nullability.ts';
import { refusal } from './refusals.ts';
import { typeNames } from './type-names.ts';

export interface DescribedParameter {
  readonly name: string;
  /** As `format_type` prints it, without a modifier; a domain's base type. */
  readonly type: string;
  /** It was written `:name?`. */
  readonly nullable: boolean;
}

export interface DescribedColumn {
  readonly name: string;
  /** As `format_type` prints it, without a modifier; a domain's base type. */
  readonly type: string;
  /** It is neither proved nor marked (`"name!"`) never to be null. */
  readonly nullable: boolean;
  /** It holds arrays that may have nulls in them. A table's own arrays count as having none. */
  readonly elementsNullable: boolean;
}

export interface DescribedQuery {
  readonly literal: string;
  /** What Postgres is given. */
  readonly text: string;
  readonly params: readonly DescribedParameter[];
  readonly columns: readonly DescribedColumn[];
}

/**
 * Has a database say what a query takes and gives. Nothing is run.
 *
 * @param db  holds the application's schema; not within a transaction
 * @throws {ForgeError} `query_refused`, `query_positional_parameter`, `query_duplicate_column`, `query_unnamed_column`
 *
 * @example
 * await describeQuery(db, 'select id, title from task where project_id = :project');
 * // { params: [{ name: 'project', type: 'uuid', nullable: false }], columns: [{ name: 'id', type: 'uuid', … }, …], … }
 */
export async function describeQuery(db: PGlite, literal: string): Promise<DescribedQuery> {
  const parsed = parsedLiteral(literal);
  const { text, params } = parsed;
  const { queryParams, resultFields } = await db.describeQuery(text).catch((error: unknown) => {
    throw refusal(error, literal, parsed);
  });
  checkNames(resultFields.map(({ name }) => name));

  const paramTypes = queryParams.map(({ dataTypeID }) => dataTypeID);
  const typeName = await typeNames(db, [...paramTypes, ...resultFields.map(({ dataTypeID }) => dataTypeID)]);
  const nulls = await nullsOf(
    db,
    literal,
    parsed,
    paramTypes.map((oid) => typeName(oid).own),
    resultFields.length,
  );
  const marks = marksOf(literal);
  return {
    literal,
    text,
    params: params.map(({ name, nullable }, i) => ({ name, type: typeName(paramTypes[i] ?? 0).base, nullable })),
    columns: resultFields.map(({ name, dataTypeID }, i) => {
      const type = typeName(dataTypeID).base;
      const mark = marks.get(name);
      return {
        name,
        type,
        nullable: mark === undefined ? nulls[i]?.nullable !== false : mark === '?',
        elementsNullable: type.endsWith('[]') && nulls[i]?.elementsNullable !== false,
      };
    }),
  };
}

function parsedLiteral(literal: string): ParsedQuery {
  try {
    return parseQuery(literal);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new ForgeError(error.code, error.message, error.hint);
  }
}

async function nullsOf(db: PGlite, literal: string, parsed: ParsedQuery, types: readonly string[], columns: number) {
  const tree = await analyse(db, parsed.text, types).catch((error: unknown) => {
    throw refusal(error, literal, parsed, Array.from(analysisHead(types)).length);
  });
  if (tree === null) return [];
  const given = parsed.params.flatMap(({ nullable }, i) => (nullable ? [] : [i + 1]));
  return nullability(tree, columns, await loadFacts(db, tree), new Set(given));
}

/** Rows are objects: a column needs a name, and to itself. */
function checkNames(names: readonly string[]): void {
  const unnamed = names.indexOf('?column?');
  if (unnamed >= 0) {
    throw new ForgeError(
      'query_unnamed_column',
      `Column ${unnamed + 1} of the result has no name`,
      'Name it: write `as` and a name after the expression.',
    );
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new ForgeError(
      'query_duplicate_column',
      `Two columns of the result are named '${twice}'`,
      'Give one another name with `as`, or list the columns that are wanted instead of `*`.',
    );
  }
}
