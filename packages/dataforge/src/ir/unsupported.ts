import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js';
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js';
import { ForgeError } from '../errors.ts';

/** What a declaration asks for that nobody would do, and what to write instead. */
interface Rule<T> {
  readonly what: string;
  readonly asked: (subject: T) => boolean;
  readonly fix: string;
}

const NO_RUNTIME = 'TypeORM does not run in the application';

const ENTITY: readonly Rule<EntityMetadata>[] = [
  {
    what: 'is a view of TypeORM',
    asked: ({ tableType }) => tableType === 'view',
    fix: 'Write `create view …` in src/sql/*.sql; queries over it are typed like any other.',
  },
  {
    what: 'has a schema or database of its own',
    asked: ({ schema, database }) => schema !== undefined || database !== undefined,
    fix: 'Leave it out: the application’s tables live in schema public, on both sides.',
  },
  {
    what: 'says synchronize: false',
    asked: ({ synchronize }) => !synchronize,
    fix: 'Leave it out, or do not export the entity from src/entities.',
  },
  {
    what: 'has an order of its own',
    asked: ({ orderBy }) => orderBy !== undefined && Object.keys(orderBy).length > 0,
    fix: `Write order by in the query: ${NO_RUNTIME}.`,
  },
  {
    what: 'is a tree kept by TypeORM',
    asked: ({ treeType, isClosureJunction }) =>
      isClosureJunction || (treeType ?? 'adjacency-list') !== 'adjacency-list',
    fix: 'Use a many-to-one relation to itself, and `with recursive` in queries.',
  },
  {
    what: 'has listeners (@BeforeInsert and the like)',
    asked: ({ listeners }) => listeners.length > 0,
    fix: `Write a trigger in src/sql/*.sql: ${NO_RUNTIME}.`,
  },
  {
    what: 'has a @VersionColumn',
    asked: ({ versionColumn }) => versionColumn !== undefined,
    fix: 'Leave it out: writes are merged by column and clock. For whole rows use @Merge("row").',
  },
  {
    what: 'has @RelationId properties',
    asked: ({ relationIds }) => relationIds.length > 0,
    fix: 'Declare the key itself: @Column("uuid") project_id.',
  },
  {
    what: 'has a unique constraint that is deferrable initially immediate',
    asked: ({ uniques }) => uniques.some(({ deferrable }) => deferrable === 'INITIALLY IMMEDIATE'),
    fix: `Say deferrable: 'INITIALLY DEFERRED', or add the constraint in src/sql/*.sql.`,
  },
  {
    what: 'has no primary key',
    asked: ({ primaryColumns }) => primaryColumns.length === 0,
    fix: 'Extend DomainEntity, or mark a column @PrimaryColumn.',
  },
];

const COLUMN: readonly Rule<ColumnMetadata>[] = [
  {
    what: 'is a simple-array',
    asked: ({ type }) => type === 'simple-array',
    fix: `Use @Column('text', { array: true }).`,
  },
  { what: 'is simple-json', asked: ({ type }) => type === 'simple-json', fix: `Use @Column('jsonb').` },
  {
    what: 'is of a type that needs PostGIS',
    asked: ({ type }) => type === 'geometry' || type === 'geography',
    fix: 'PostGIS is not in the browser: use point, box or polygon, or two double precision columns.',
  },
  {
    what: 'is a vector of pgvector',
    asked: ({ type }) => type === 'vector' || type === 'halfvec',
    fix: 'Embeddings are kept by @vibestack/ai, beside the rows; here real[] works on both sides.',
  },
  {
    what: 'has a transformer',
    asked: ({ transformer }) => transformer !== undefined,
    fix: `Convert where the value is used: ${NO_RUNTIME}.`,
  },
  {
    what: 'says select: false',
    asked: ({ isSelect, isVirtual }) => !isSelect && !isVirtual,
    fix: 'Use @ServerOnly() to hide it from clients.',
  },
  {
    what: 'may not be inserted or updated through TypeORM',
    asked: ({ isInsert, isUpdate }) => !isInsert || !isUpdate,
    fix: 'Leave the option out; for values that the database computes use generatedType.',
  },
  {
    what: 'is filled by onUpdate, which is MySQL’s',
    asked: ({ onUpdate, isUpdateDate }) => onUpdate !== undefined && !isUpdateDate,
    fix: 'Use @UpdateDateColumn, or a trigger in src/sql/*.sql.',
  },
  {
    what: 'is unsigned or zero-filled, which Postgres is not',
    asked: ({ unsigned }) => unsigned,
    fix: 'Add a @Check.',
  },
  {
    what: 'is an @UpdateDateColumn under another name',
    asked: ({ isUpdateDate, databaseName }) => isUpdateDate && databaseName !== 'updated_at',
    fix: 'Call it updated_at: a trigger keeps the column of that name.',
  },
  {
    what: 'is computed by a query (@VirtualColumn)',
    asked: ({ isVirtualProperty }) => isVirtualProperty,
    fix: 'Select it in SQL, or use a generated column.',
  },
  {
    what: 'names the constraint of the primary key',
    asked: ({ primaryKeyConstraintName }) => primaryKeyConstraintName !== undefined,
    fix: 'Leave the option out: it is called pk_ and the table’s name.',
  },
  {
    what: 'is numbered by strategy rowid',
    asked: ({ generationStrategy }) => generationStrategy === 'rowid',
    fix: `Use 'uuid' or 'identity'.`,
  },
  {
    what: 'is called otherwise in the database',
    asked: (column) => hasOtherName(column),
    fix: 'Give the property the column’s name: rows, JSON and SQL call it the same.',
  },
];

/** Embedded properties are prefixed, and columns that a relation made up have no property. */
const hasOtherName = ({ embeddedMetadata, relationMetadata, propertyName, databaseName, isVirtual }: ColumnMetadata) =>
  !embeddedMetadata && !relationMetadata && !isVirtual && propertyName !== databaseName;

const RELATION: readonly Rule<RelationMetadata>[] = [
  {
    what: 'cascades saves of TypeORM',
    asked: (r) =>
      r.isCascadeInsert || r.isCascadeUpdate || r.isCascadeRemove || r.isCascadeSoftRemove || r.isCascadeRecover,
    fix: `Leave cascade out: ${NO_RUNTIME}. For deletes say onDelete: 'CASCADE'.`,
  },
  {
    what: 'is eager or lazy',
    asked: ({ isEager, isLazy }) => isEager || isLazy,
    fix: `Join it in the query: ${NO_RUNTIME}.`,
  },
];

const INDEX: readonly Rule<IndexMetadata>[] = [
  {
    what: 'has an index that is full-text, spatial, sparse or the like, which is another database’s',
    asked: (i) =>
      i.isFulltext || i.isNullFiltered || Boolean(i.isSparse) || Boolean(i.isBackground) || i.parser !== undefined,
    fix: `Use @SqlIndex('using gin (to_tsvector(…))').`,
  },
  {
    what: 'has an index with synchronize: false',
    asked: ({ synchronize }) => !synchronize,
    fix: 'Declare it whole, with @SqlIndex where TypeORM cannot say it.',
  },
];

/**
 * Refuses what would otherwise be left out without a word.
 *
 * @throws {ForgeError} `unsupported`, with entity, property and what to do
 */
export function refuseUnsupported(metadata: EntityMetadata): void {
  const { name } = metadata;
  refuse(name, metadata, ENTITY);
  for (const column of metadata.columns) refuse(`${name}.${column.propertyPath}`, column, COLUMN);
  for (const relation of metadata.relations) refuse(`${name}.${relation.propertyPath}`, relation, RELATION);
  for (const index of metadata.indices) refuse(name, index, INDEX);
}

function refuse<T>(subject: string, it: T, rules: readonly Rule<T>[]): void {
  for (const { what, asked, fix } of rules) {
    if (asked(it)) throw new ForgeError('unsupported', `${subject} ${what}, which is not supported.`, fix);
  }
}
