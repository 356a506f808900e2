import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { propertyMark, type PropertyMark } from '../decorators/marks.ts';
import { ForgeError } from '../errors.ts';
import { baseType, columnType, extensionOf } from './column-type.ts';
import { defaultSql } from './default-value.ts';
import { quoteIfNeeded } from './names.ts';
import type { ColumnModel, Model, Presence } from './types.ts';

/** What columns bring along that belongs to no table. */
export interface Collected {
  readonly enums: Map<string, Model['enums'][number]>;
  readonly domains: Map<string, Model['domains'][number]>;
  readonly extensions: Set<string>;
}

export const nothingCollected = (): Collected => ({ enums: new Map(), domains: new Map(), extensions: new Set() });

/** @throws {ForgeError} `unsupported`, `enum_conflict`, `domain_conflict`, `client_only_required` */
export function readColumn(metadata: EntityMetadata, column: ColumnMetadata, collected: Collected): ColumnModel {
  const where = `${metadata.name}.${column.propertyPath}`;
  const mark = markOf(metadata, column);
  const side: Presence = mark.side ?? 'both';
  const { type, enumName } = typeOf(metadata, column, mark, collected);
  const value = defaultSql(column, type);
  const expression = column.asExpression ?? null;
  if (side === 'client' && !column.isNullable && value === null) {
    throw new ForgeError(
      'client_only_required',
      `${where} exists on clients only and is required: rows from the server have no value for it.`,
      'Make it nullable, or give it a default.',
    );
  }
  return {
    name: column.databaseName,
    type,
    enum: enumName,
    nullable: column.isNullable,
    default: value,
    generated:
      expression === null ? null : { kind: column.generatedType === 'STORED' ? 'stored' : 'virtual', expression },
    identity: identityOf(column),
    collation: column.collation ? quoteIfNeeded(column.collation) : null,
    side,
    readOnly: expression !== null || column.generatedIdentity === 'ALWAYS',
    role: roleOf(column),
    description: mark.description ?? column.comment ?? null,
    renamedFrom: mark.renamedFrom ?? null,
    backfill: mark.backfill ?? null,
  };
}

/** Marks stand at the class that declares the property: the entity, one of its children, or an embedded one. */
function markOf(metadata: EntityMetadata, { embeddedMetadata, target, propertyName }: ColumnMetadata): PropertyMark {
  if (embeddedMetadata)
    return {
      ...propertyMark(metadata.target as object, embeddedMetadata.propertyName),
      ...own(embeddedMetadata.type, propertyName),
    };
  const declared = typeof target === 'function' ? propertyMark(target, propertyName) : {};
  return { ...(typeof metadata.target === 'function' ? propertyMark(metadata.target, propertyName) : {}), ...declared };
}

const own = (type: unknown, property: string): PropertyMark =>
  typeof type === 'function' ? propertyMark(type, property) : {};

function typeOf(
  { tableName }: EntityMetadata,
  column: ColumnMetadata,
  mark: PropertyMark,
  { enums, domains, extensions }: Collected,
): { type: string; enumName: string | null } {
  const where = `${tableName}.${column.databaseName}`;
  if (mark.domain) {
    const { name, ...rest } = mark.domain;
    const known = domains.get(name);
    if (known && (known.type !== rest.type || known.check !== rest.check || known.notNull !== rest.notNull)) {
      throw new ForgeError(
        'domain_conflict',
        `Domain ${name} is declared twice, differently.`,
        'Import it from one place.',
      );
    }
    domains.set(name, { name, ...rest, side: 'both' });
    const extension = extensionOf(rest.type);
    if (extension) extensions.add(extension);
    return { type: columnType(column, quoteIfNeeded(name)), enumName: null };
  }
  const base = baseType(column);
  if (base === 'enum' || base === 'simple-enum') {
    const name = column.enumName ?? `${tableName}_${column.databaseName}_enum`;
    const labels = (column.enum ?? []).map(String);
    if (labels.length === 0) {
      throw new ForgeError(
        'enum_empty',
        `${where} is an enum without values.`,
        `Name them: { type: 'enum', enum: ['a', 'b'] }.`,
      );
    }
    const known = enums.get(name);
    if (known && known.labels.join('\n') !== labels.join('\n')) {
      throw new ForgeError(
        'enum_conflict',
        `Enum ${name} has other values at ${where} than elsewhere.`,
        'Give one of them another enumName.',
      );
    }
    enums.set(name, { name, labels, side: 'both' });
    return { type: columnType(column, quoteIfNeeded(name)), enumName: name };
  }
  const type = columnType(column);
  const extension = extensionOf(type);
  if (extension) extensions.add(extension);
  return { type, enumName: null };
}

/** A serial is an identity here: the same numbers, without a sequence that one can forget to grant or to set. */
function identityOf({ generatedIdentity, generationStrategy }: ColumnMetadata): ColumnModel['identity'] {
  if (generatedIdentity === 'ALWAYS') return 'always';
  return generatedIdentity === 'BY DEFAULT' || generationStrategy === 'increment' ? 'by default' : null;
}

function roleOf(column: ColumnMetadata): ColumnModel['role'] {
  if (column.isCreateDate) return 'created';
  if (column.isUpdateDate || (column.databaseName === 'updated_at' && /^timestamp/.test(baseType(column))))
    return 'updated';
  if (column.isDeleteDate) return 'deleted';
  return column.isDiscriminator ? 'discriminator' : null;
}
