import type { Model } from '../../ir/types.ts';

/** `llms.txt`: where a language model finds what (https://llmstxt.org). */
export const llmsText = ({ tables, scopes }: Model): string => `# Data model of this application

> ${tables.length} entities in ${scopes.length} scopes. Entities are the only source: migrations, types, validators, SQL types and
> synchronised tables are generated from them. After an edit run \`pnpm forge gen\`; \`pnpm forge check\` says what is wrong,
> with a \`fix\` for each error (\`--json\` for programs).

## Read

- [schema.md](generated/schema.md): every table and column on a page
- [model.json](generated/model.json): the same as JSON, of the form of model.schema.json in @vibestack/dataforge
- [rows.schema.json](generated/rows.schema.json): JSON Schema of rows
- [scopes](src/scopes.ts): who may see what

## Edit

- [entities](src/entities): one file an entity; TypeORM decorators, and those of @vibestack/dataforge/entities
- [sql](src/sql): views, functions and triggers of your own

## Entities

${tables.map(({ entity, name, description }) => `- ${entity} (\`${name}\`)${description === null ? '' : `: ${description}`}`).join('\n')}
`;
