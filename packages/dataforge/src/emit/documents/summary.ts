import type { ColumnModel, Model, TableModel } from '../../ir/types.ts';

/** `schema.md`: the whole model on a page or two, for people and language models. */
export function summary(model: Model): string {
  const enums = model.enums.map(({ name, labels }) => `enum ${name}: ${labels.join(' | ')}`);
  const domains = model.domains.map(({ name, type, check }) => `domain ${name}: ${type}${check ? `, ${check}` : ''}`);
  const scopes = model.scopes.map(
    ({ name, roles, root }) => `scope ${name}${root ? ` (${root})` : ''}: ${roles.join(' < ')}`,
  );
  return [
    '# Data model\n',
    '`table` key: ¹ · `?` may be null · `=` default · `→` references · `@server` hidden from clients · `@client` local only\n',
    [...scopes, ...enums, ...domains].map((line) => `- ${line}\n`).join(''),
    ...model.tables.map((table) => tableSummary(table)),
  ].join('\n');
}

function tableSummary(table: TableModel): string {
  const { name, entity, scope, access, description } = table;
  const where = scope ? `${scope.name}${scope.column === null ? '' : ` by ${scope.column}`}` : null;
  const rights = `read ${access.read[0] ?? 'nobody'}, write ${access.write[0] ?? 'nobody'}`;
  const kind = where === null ? (table.side === 'client' ? '@client' : '@server') : `scope ${where}; ${rights}`;
  const lines = table.columns.map((column) => `  ${columnSummary(table, column)}\n`);
  return `## ${name} (${entity}): ${kind}\n${description === null ? '' : `${description}\n`}\n${lines.join('')}`;
}

function columnSummary({ key, foreignKeys }: TableModel, column: ColumnModel): string {
  const { name, type, nullable, default: value, side, generated, identity, description } = column;
  const to = foreignKeys.filter(({ columns }) => columns.includes(name)).map(({ table }) => ` → ${table}`);
  return [
    name,
    key.includes(name) ? '¹' : '',
    ` ${type}`,
    nullable ? '?' : '',
    value === null ? '' : ` =${value}`,
    identity ? ' =numbered' : '',
    generated ? ` =(${generated.expression})` : '',
    ...new Set(to),
    side === 'both' ? '' : ` @${side}`,
    description === null ? '' : `  # ${description}`,
  ].join('');
}
