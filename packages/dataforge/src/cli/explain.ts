import { ForgeError } from '../errors.ts';
import type { ColumnModel, Model, TableModel } from '../ir/types.ts';
import { loadModel } from '../sources/index.ts';
import type { Answer, Arguments } from './arguments.ts';

/** What the framework made of an entity, and who may see it. @throws {ForgeError} `unknown_entity` */
export async function explain({ schemaDir, rest: [name = ''] }: Arguments): Promise<Answer> {
  const model = await loadModel(schemaDir);
  const table = find(model, name);
  return { result: { table }, text: describe(table, model).join('\n') };
}

function find({ tables }: Model, name: string): TableModel {
  const wanted = name.toLowerCase();
  const found = tables.find(
    ({ entity, name: table, variants }) =>
      entity.toLowerCase() === wanted || table === name || variants.some((one) => one.entity.toLowerCase() === wanted),
  );
  if (found) return found;
  const known = tables.map(({ entity }) => entity).join(', ');
  throw new ForgeError('unknown_entity', `There is no entity '${name}'.`, `Name one of: ${known}`);
}

function describe(table: TableModel, { scopes }: Model): string[] {
  const { entity, name, category, level, description, scope, access, merge } = table;
  const roles = (all: readonly string[]) => all.join(', ') || 'nobody';
  const where = scope ? `${scope.name}${scope.column === null ? '' : ` by ${scope.column}`}` : placeOf(table);
  const along = scope?.parent ? `, copied from ${scope.parent.table} along ${scope.parent.columns.join(', ')}` : '';
  const members = scopes.find((one) => one.name === scope?.name)?.members;
  return [
    `${entity}: table ${name}, ${category}, level ${level}`,
    ...(description === null ? [] : [`  ${description}`]),
    `  scope ${where}${along}; read ${roles(access.read)}; write ${roles(access.write)}; merged by ${merge}`,
    ...(members ? [`  members: ${members.replace(/\s+/g, ' ').trim()}`] : []),
    ...table.columns.map(columnLine),
    ...table.foreignKeys.map(
      (key) => `  → ${key.table} (${key.columns.join(', ')}), on delete ${key.onDelete.toLowerCase()}`,
    ),
    ...table.relations.map((relation) => `  ${relation.name}: ${relation.kind} ${relation.table}`),
    ...table.variants.map((variant) => `  ${variant.entity}: rows with '${variant.value}'`),
  ];
}

const placeOf = ({ side }: TableModel): string =>
  side === 'client' ? 'none: each client’s own' : 'none: the server’s alone';

function columnLine({ name, type, nullable, side, readOnly, default: value, generated }: ColumnModel): string {
  const notes = [
    nullable ? 'may be null' : '',
    side === 'both' ? '' : `${side} only`,
    generated ? `${generated.kind}: ${generated.expression}` : readOnly ? 'filled in' : '',
    value === null ? '' : `default ${value}`,
  ].filter(Boolean);
  return `  ${name.padEnd(24)} ${type}${notes.length > 0 ? `  (${notes.join('; ')})` : ''}`;
}
