import type { SyncSchema } from '@vibestack/sync-types';
import { HEADER, stringLiteral, templateLiteral } from './header.ts';
import { dataLiteral } from './literal.ts';

/** A migration as generated code carries it. */
export interface EmittedMigration {
  readonly version: number;
  readonly name: string;
  readonly hash: string;
  readonly sql: string;
  /** What it may cost, by the table whose size decides. */
  readonly risks: readonly { readonly risk: string; readonly table: string; readonly why: string }[];
}

/** `schema.ts`: what the engine has to know of the synchronised tables. */
export const schemaModule = (schema: SyncSchema): string =>
  `${HEADER}\nimport type { SyncSchema } from '@vibestack/sync-types';\n\nexport const schema: SyncSchema = ${dataLiteral(schema)};\n`;

const MIGRATION = `interface Migration {
  readonly version: number;
  readonly name: string;
  /** Covers the migrations before it. */
  readonly hash: string;
  readonly sql: string;
  readonly risks: readonly { readonly risk: string; readonly table: string; readonly why: string }[];
}
`;

/** `migrations.ts`: the history, as a program carries it. */
export const migrationsModule = (migrations: readonly EmittedMigration[]): string => {
  const entries = migrations.map(
    ({ version, name, hash, sql, risks }) =>
      `  {\n    version: ${version},\n    name: ${stringLiteral(name)},\n    hash: '${hash}',\n    sql: ${templateLiteral(sql)},\n    risks: ${dataLiteral(risks, '    ')},\n  },\n`,
  );
  return `${HEADER}\n${MIGRATION}\nexport const migrations: readonly Migration[] = [\n${entries.join('')}];\n`;
};

const EXTENSION_MODULES: Readonly<Record<string, string>> = Object.fromEntries(
  ['btree_gin', 'btree_gist', 'citext', 'cube', 'hstore', 'ltree', 'pg_trgm', 'unaccent'].map((name) => [
    name,
    `@electric-sql/pglite/contrib/${name}`,
  ]),
);

/** `extensions.ts`: what the local database has to load. @throws never: unknown ones are refused by the planner’s shadow */
export const extensionsModule = (names: readonly string[]): string => {
  const imports = names.map((name) => `import { ${name} } from '${EXTENSION_MODULES[name] ?? name}';\n`).join('');
  return `${HEADER}\n${imports}${imports ? '\n' : ''}/** Extensions of Postgres that the tables need, for the local database to load. */\nexport const extensions = {${names.length > 0 ? ` ${names.join(', ')} ` : ''}};\n`;
};
