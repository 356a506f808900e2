import type { Model } from '../../ir/types.ts';
import { HEADER, fileName } from './header.ts';

/** `index.ts` of a side: its one door. */
export function indexModule(model: Model, side: 'server' | 'client'): string {
  const entities = model.tables.map(({ entity }) => fileName(entity)).sort();
  return [
    HEADER,
    `${side === 'client' ? `export { extensions } from './extensions.ts';\n` : ''}export * from './enums.ts';
export { migrations } from './migrations.ts';
export { sql, type Queries } from './queries.ts';
export { schema } from '${side === 'client' ? './schema.ts' : '../client/schema.ts'}';
${side === 'server' ? `export { rowSchemas } from './wire.ts';\n` : ''}`,
    entities.map((name) => `export * from './entities/${name}.ts';\n`).join(''),
    entities.map((name) => `export * from './validators/${name}.ts';\n`).join(''),
  ].join('\n');
}
