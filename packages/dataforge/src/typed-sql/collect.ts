import { parseSync, Visitor, type Argument, type Expression, type ImportDeclaration } from 'oxc-parser';
import type { Problem } from '../errors.ts';

export interface SourceFile {
  /** As it shall be named in messages. */
  readonly path: string;
  readonly source: string;
}

/** A literal and where it stands, both counted from 1. */
export interface CollectedQuery {
  readonly literal: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface Collected {
  /** In the order of the files; a literal that is written twice is here twice. */
  readonly queries: readonly CollectedQuery[];
  /** `query_not_literal`, `query_file_syntax` */
  readonly problems: readonly Problem[];
}

/**
 * Finds the SQL of an application: what it gives to the `sql` that it imports, under whatever name.
 *
 * Scopes are not followed: a local variable that hides the import is taken for it.
 *
 * @param from  the module that `sql` comes from, as it is written in imports
 *
 * @example
 * collectQueries([{ path: 'tasks.ts', source }], '@repo/schema/client').queries;
 */
export function collectQueries(files: readonly SourceFile[], from: string): Collected {
  const queries: CollectedQuery[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    // Most files have nothing to do with SQL, and parsing them is what takes the time.
    if (!file.source.includes(from)) continue;
    const { program, errors } = parseSync(file.path, file.source, { preserveParens: false });
    if (errors[0] !== undefined) {
      problems.push(unreadable(file, errors[0].message));
      continue;
    }
    const names = program.body.flatMap((node) =>
      node.type === 'ImportDeclaration' && node.source.value === from ? localNames(node) : [],
    );
    new Visitor({
      CallExpression: ({ callee, arguments: args, start }) => {
        if (!names.includes(nameOf(callee))) return;
        const literal = args.length === 1 ? literalOf(args[0]) : null;
        if (literal === null) problems.push(notLiteral(file, start));
        else queries.push({ literal, path: file.path, ...place(file.source, args[0]?.start ?? start) });
      },
      TaggedTemplateExpression: ({ tag, start }) => {
        if (names.includes(nameOf(tag))) problems.push(notLiteral(file, start));
      },
    }).visit(program);
  }
  return { queries, problems };
}

/** `sql`, its alias, or `names.sql`. */
function localNames({ specifiers }: ImportDeclaration): string[] {
  return specifiers.flatMap((specifier) => {
    if (specifier.type === 'ImportNamespaceSpecifier') return [`${specifier.local.name}.sql`];
    if (specifier.type === 'ImportDefaultSpecifier') return [];
    const { imported } = specifier;
    return (imported.type === 'Identifier' ? imported.name : imported.value) === 'sql' ? [specifier.local.name] : [];
  });
}

function nameOf(callee: Expression): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return '';
  return callee.property.type === 'Identifier' ? `${callee.object.name}.${callee.property.name}` : '';
}

function literalOf(argument: Argument | undefined): string | null {
  if (argument?.type === 'Literal') return typeof argument.value === 'string' ? argument.value : null;
  if (argument?.type !== 'TemplateLiteral' || argument.expressions.length > 0) return null;
  return argument.quasis[0]?.value.cooked ?? null;
}

function place(source: string, at: number): { line: number; column: number } {
  const lines = source.slice(0, at).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

const notLiteral = ({ path, source }: SourceFile, start: number): Problem => ({
  code: 'query_not_literal',
  message: 'The SQL is not one literal, so forge cannot read it',
  fix: "Write the whole SQL in the call, as sql('…') or sql(`…`) without ${}; what varies goes into parameters, written :name.",
  where: `${path}:${place(source, start).line}`,
});

const unreadable = ({ path }: SourceFile, said: string): Problem => ({
  code: 'query_file_syntax',
  message: `The file cannot be read: ${said}`,
  fix: 'Mend the file, then look again.',
  where: path,
});
