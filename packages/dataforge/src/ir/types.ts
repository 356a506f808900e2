import { z } from 'zod';

/**
 * The model as plain JSON: what every emitter reads. The schemas below are its definition; `model.schema.json` is
 * printed from them, and the types are inferred.
 */
const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).readonly();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const names = list(z.string());

const Side = z.enum(['server', 'client', 'both']).describe('Where it exists');

const Column = object({
  name: z.string().describe('One name everywhere: class property, column, row, JSON'),
  type: z.string().describe('As format_type prints it'),
  enum: z.string().nullable().describe('Name of the enum type that it has, or has an array of'),
  nullable: z.boolean(),
  default: z.string().nullable().describe('SQL expression'),
  generated: object({ kind: z.enum(['stored', 'virtual']), expression: z.string() })
    .nullable()
    .describe('Computed from the row, on each side for itself'),
  identity: z.enum(['always', 'by default']).nullable().describe('Numbered by the database'),
  collation: z.string().nullable(),
  side: Side,
  readOnly: z.boolean().describe('Filled by the database only'),
  role: z.enum(['created', 'updated', 'deleted', 'discriminator', 'scope']).nullable(),
  description: z.string().nullable(),
  renamedFrom: z.string().nullable(),
  backfill: z.string().nullable().describe('SQL expression over the row, for rows that have no value yet'),
});

const Unique = object({ name: z.string(), columns: names, deferrable: z.boolean() });
const Condition = object({ name: z.string(), expression: z.string() });

const Index = object({
  name: z.string(),
  unique: z.boolean(),
  columns: names.describe('Columns that it mentions, for telling whether a side can have it'),
  definition: z.string().describe('SQL from USING on, or from the opening parenthesis'),
});

const ForeignKey = object({
  name: z.string(),
  columns: names,
  table: z.string(),
  referenced: names,
  onDelete: z.string(),
  onUpdate: z.string(),
  deferrable: z.string().nullable(),
});

const Relation = object({
  name: z.string().describe('Property of the entity'),
  kind: z.enum(['one-to-one', 'many-to-one', 'one-to-many', 'many-to-many']),
  table: z.string().describe('The other table'),
  columns: names.describe('Columns here that hold the key; empty where the other side holds it'),
  referenced: names.describe('Columns there'),
  inverse: z.string().nullable().describe('Property of the other entity that leads back'),
  through: z.string().nullable().describe('The joining table of a many-to-many relation'),
});

const TableScope = object({
  name: z.string(),
  column: z.string().nullable().describe("The column that holds the scope's id; null for the global scope"),
  parent: object({
    table: z.string(),
    columns: names,
    referenced: names,
    scopeColumn: z.string(),
    nowhere: z.string().nullable().describe('What stands in the scope column of a row without a parent'),
  })
    .nullable()
    .describe('For a scope found along a relation: the parent whose scope column is copied'),
});

const Table = object({
  name: z.string(),
  entity: z.string().describe('Class name of the entity'),
  category: z.enum(['domain', 'system', 'utility']),
  side: Side,
  level: z.number().int().describe('0 references none; others lie above all that they reference'),
  key: names,
  columns: list(Column),
  foreignKeys: list(ForeignKey),
  uniques: list(Unique),
  checks: list(Condition),
  exclusions: list(Condition),
  indices: list(Index),
  relations: list(Relation),
  variants: list(
    object({ entity: z.string(), value: z.string().describe('Of the discriminator column'), columns: names }),
  ).describe('Entities that share the table (single-table inheritance)'),
  scope: TableScope.nullable().describe('Null for tables that are not synchronised'),
  access: object({ read: names, write: names }).describe('Roles that may'),
  merge: z.enum(['column', 'row']).describe('What is compared when two people write: SEMANTICS of merging'),
  description: z.string().nullable(),
  renamedFrom: z.string().nullable(),
});

const Scope = object({
  name: z.string(),
  root: z.string().nullable().describe('The table whose row is the scope'),
  roles: names.describe('Weakest first'),
  members: z.string().nullable().describe('SQL over rows only: scope_id, user_id, role'),
  memberTables: names,
});

const Enum = object({ name: z.string(), labels: names, side: Side });
const Domain = object({
  name: z.string(),
  type: z.string(),
  notNull: z.boolean(),
  check: z.string().nullable(),
  side: Side,
});
const Script = object({
  path: z.string(),
  side: Side,
  first: z.boolean().describe('Before the tables, for what their defaults and checks call'),
  sql: z.string(),
}).describe("The application's own views, functions and triggers");

export const ModelSchema = object({
  tables: list(Table).describe('By level, then name'),
  enums: list(Enum),
  domains: list(Domain),
  scopes: list(Scope),
  extensions: names.describe('Postgres extensions that the tables need'),
  scripts: list(Script),
});

export type Model = z.infer<typeof ModelSchema>;
export type TableModel = z.infer<typeof Table>;
export type ColumnModel = z.infer<typeof Column>;
export type ForeignKeyModel = z.infer<typeof ForeignKey>;
export type RelationModel = z.infer<typeof Relation>;
export type IndexModel = z.infer<typeof Index>;
export type TableScopeModel = z.infer<typeof TableScope>;
export type ScopeModel = z.infer<typeof Scope>;
export type ScriptModel = z.infer<typeof Script>;
export type Presence = z.infer<typeof Side>;
