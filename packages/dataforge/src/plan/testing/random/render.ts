import { levelsOf } from '../../../ir/levels.ts';
import { literal, objectName, quoteIfNeeded } from '../../../ir/names.ts';
import { ModelSchema, type ColumnModel, type ForeignKeyModel, type Model, type TableModel } from '../../../ir/types.ts';
import { formulaSql } from './formulas.ts';
import { checkSql, exclusionSql, indexSql } from './rules.ts';
import { find, places, type ColumnSketch, type Sketch, type TableSketch } from './sketch.ts';

/** Names by id of one sketch, and of the one before it. */
interface Names {
  readonly now: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, string>;
}

const namesOf = (sketch: Sketch): Map<string, string> =>
  new Map([
    ...sketch.tables.map(({ id, name }) => [id, name] as const),
    ...[...places(sketch)].map(([id, { column }]) => [id, column.name] as const),
  ]);

/**
 * A sketch as the model that the emitters read.
 *
 * @param before  what it was, for the declarations of renames; the sketch itself where nothing was before
 */
export function toModel(sketch: Sketch, before: Sketch): Model {
  const names = { now: namesOf(sketch), before: namesOf(before) };
  const drafts = sketch.tables.map((table) => tableModel(table, sketch, names));
  const { levels } = levelsOf(drafts);
  const hasScalarGist = sketch.tables.some(({ exclusions }) => exclusions.some(({ columns }) => columns.length > 1));
  return ModelSchema.parse({
    tables: drafts
      .map((table) => ({ ...table, level: levels.get(table.name) ?? 0 }))
      .sort((a, b) => a.level - b.level || (a.name < b.name ? -1 : 1)),
    enums: sketch.enums.map((one) => ({ ...one, side: 'both' })),
    domains: sketch.domains.map(({ limit, ...domain }) => ({
      ...domain,
      check:
        limit === null
          ? null
          : `value is null or ${/^(text|char)/.test(domain.type) ? 'length(value)' : 'value'} < ${limit}`,
      side: 'both',
    })),
    scopes: [
      { name: 'global', root: null, roles: ['reader', 'editor'], members: null, memberTables: [] },
      {
        name: 'org',
        root: sketch.tables[0]?.name ?? null,
        roles: ['reader', 'editor'],
        members: 'select 1',
        memberTables: sketch.tables.slice(1, 2).map(({ name }) => name),
      },
    ],
    extensions: hasScalarGist ? ['btree_gist'] : [],
    scripts: scripts(sketch, names.now),
  });
}

function scripts({ functions, views }: Sketch, names: Names['now']): Model['scripts'] {
  const name = (id: string) => quoteIfNeeded(names.get(id) ?? '');
  return [
    ...functions.map((one) => ({
      path: `${one.name}.sql`,
      side: 'both' as const,
      first: true,
      sql: `create function ${one.name}() returns ${one.result} language sql ${one.volatile ? 'volatile' : 'stable'} as 'select 7::${one.result}';`,
    })),
    ...views.map(({ name: view, columns: [table = '', ...columns] }) => ({
      path: `${view}.sql`,
      side: 'server' as const,
      first: false,
      sql: `create view ${view} as select ${columns.map(name).join(', ')} from ${name(table)};`,
    })),
  ];
}

function tableModel(table: TableSketch, sketch: Sketch, { now, before }: Names): TableModel {
  const name = (id: string) => now.get(id) ?? '';
  const called = (ids: readonly string[]) => ids.map(name);
  const old = before.get(table.id);
  return {
    name: table.name,
    entity: table.id,
    category: 'domain',
    side: table.side,
    level: 0,
    key: called(table.key),
    columns: table.columns.map((column) => columnModel(column, table, { now, before })),
    foreignKeys: table.foreignKeys.map((key): ForeignKeyModel => ({
      name: objectName('fk', table.name, ...called(key.columns)),
      columns: called(key.columns),
      table: name(key.table),
      referenced: called(key.referenced),
      onDelete: key.onDelete,
      onUpdate: table.scope?.along?.key === key.id ? 'CASCADE' : 'NO ACTION',
      deferrable: null,
    })),
    uniques: table.uniques.map(({ columns }) => ({
      name: objectName('uq', table.name, ...called(columns)),
      columns: called(columns),
      deferrable: false,
    })),
    checks: table.checks.map((check) => ({
      name: objectName('ck', table.name, check.id),
      expression: checkSql(check, called(check.columns)),
    })),
    exclusions: table.exclusions.map(({ id, columns }) => ({ name: id, expression: exclusionSql(called(columns)) })),
    indices: table.indices.map((index) => ({
      name: objectName('ix', table.name, index.id),
      unique: index.form.endsWith('unique'),
      columns: called(index.columns),
      definition: indexSql(index, called(index.columns)),
    })),
    relations: [],
    variants: [],
    scope: scopeModel(table, sketch, name),
    access: { read: table.readers, write: table.writers },
    merge: table.merge,
    description: table.description,
    renamedFrom: old === undefined || old === table.name ? null : old,
  };
}

function scopeModel(table: TableSketch, sketch: Sketch, name: (id: string) => string): TableModel['scope'] {
  if (!table.scope) return null;
  const { name: scope, column, along } = table.scope;
  if (!along || column === null) return { name: scope, column: column === null ? null : name(column), parent: null };
  const key = find(table.foreignKeys, along.key);
  const joins = key.columns.filter((id) => id !== column);
  const parent = find(sketch.tables, key.table);
  return {
    name: scope,
    column: name(column),
    parent: {
      table: parent.name,
      columns: joins.map(name),
      referenced: key.referenced.filter((id) => id !== along.column).map(name),
      scopeColumn: name(along.column),
      nowhere: along.nowhere,
    },
  };
}

function columnModel(column: ColumnSketch, table: TableSketch, { now, before }: Names): ColumnModel {
  const sql = (formula: NonNullable<ColumnSketch['backfill']>) =>
    formulaSql(formula, (id) => now.get(id) ?? '', table.name);
  const { id, name, type, default: value, generated } = column;
  const old = before.get(id);
  return {
    name,
    type,
    enum: /^mood/.test(type) ? type.replace('[]', '') : null,
    nullable: column.nullable,
    default: value === null ? null : value.kind === 'call' ? value.sql : `${literal(value.text)}::${type}`,
    generated: generated && { kind: generated.kind, expression: sql(generated.formula) },
    identity: column.identity,
    collation: column.collation,
    side: column.side,
    readOnly: generated !== null || column.identity === 'always' || column.role === 'scope',
    role: column.role,
    description: column.description,
    renamedFrom: old === undefined || old === name ? null : old,
    backfill: column.backfill && sql(column.backfill),
  };
}
