import { relative } from 'node:path/posix';
import type { Entity } from './entity.ts';
import { inline, isForced, layout, text, type Call } from './layout.ts';
import type { Property } from './properties.ts';

const WIDTH = 120;

/** What comes from the framework; all other decorators are TypeORM's. */
const OURS = ['Describe', 'Domain', 'ServerOnly', 'SqlIndex'];

/** An entity as a file of the schema package. */
export const entityFile = (entity: Entity): string =>
  `${imports(entity)}
// Pulled from the database, and the server's alone. To have it synchronised, say who may see it by @Scope(…) and
// @Access(…) in place of @ServerOnly(), and extend DomainEntity if id, created_at and updated_at are as there.
${entity.decorators.map((decorator) => `@${layout(decorator, 0, 1)}\n`).join('')}export class ${entity.entity} {
${entity.properties.map(property).join('')}${entity.missing.map((column) => `  // Not pulled: ${column}\n`).join('')}}
`;

const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name));

/** On one line if it fits; else each decorator on its own. */
function property({ decorators, name, type }: Property): string {
  const declaration = `${propertyName(name)}!: ${type};`;
  const line = `  ${decorators.map((decorator) => `@${inline(decorator)} `).join('')}${declaration}`;
  if (line.length <= WIDTH && !decorators.some(isForced)) return `${line}\n`;
  return `${decorators.map((decorator) => `  @${layout(decorator, 2, 3)}\n`).join('')}  ${declaration}\n`;
}

function imports({ entity, decorators, properties, others, domains, enums }: Entity): string {
  const used = [...decorators, ...properties.flatMap((one) => one.decorators)].map(({ name }: Call) => name);
  const own = used.filter((name) => OURS.includes(name));
  const foreign = used.filter((name) => !OURS.includes(name));
  const hasRelations = properties.some(({ type }) => type.startsWith('Relation<'));
  const modules: [string, string[]][] = [
    ['@vibestack/dataforge/entities', sorted(own)],
    ['typeorm', [...sorted(foreign), ...(hasRelations ? ['type Relation'] : [])]],
    ['../domains.ts', [...domains]],
    ['../enums.ts', [...enums]],
    ...others
      .filter((other) => other.entity !== entity)
      .map(({ entity: name, path }): [string, string[]] => [fromEntities(path), [name]])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return modules.map(([from, names]) => importLine(names, from)).join('');
}

function importLine(names: readonly string[], from: string): string {
  if (names.length === 0) return '';
  const line = `import { ${names.join(', ')} } from '${from}';\n`;
  return line.length - 1 <= WIDTH
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`;
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

function fromEntities(path: string): string {
  const to = relative('src/entities', path);
  return to.startsWith('.') ? to : `./${to}`;
}
