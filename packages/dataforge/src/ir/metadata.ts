import { DataSource, TypeORMError, getMetadataArgsStorage, type DataSourceOptions, type EntityMetadata } from 'typeorm';
import type { EntityClass } from '../decorators/marks.ts';
import { ForgeError } from '../errors.ts';
import { UnderscoreNaming } from './naming-strategy.ts';

/** Looks like node-postgres to TypeORM, and must never be asked to connect. */
const noDriver = {
  Pool: (): never => {
    throw new Error('Entities are read without a database');
  },
  defaults: {},
};

/**
 * Has TypeORM build the metadata of entities, without any connection.
 *
 * @throws {ForgeError} `entity_invalid`: the decorators contradict each other
 */
export async function readEntities(entities: readonly EntityClass[]): Promise<readonly EntityMetadata[]> {
  const options = {
    type: 'postgres',
    driver: noDriver,
    installExtensions: false,
    namingStrategy: new UnderscoreNaming(),
    entities: [...entities],
  };
  const dataSource = new DataSource(options as unknown as DataSourceOptions);
  try {
    // Protected in the typings; it is what initialize() runs before it connects.
    await (dataSource as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas();
  } catch (error) {
    if (!(error instanceof TypeORMError)) throw error;
    throw new ForgeError('entity_invalid', error.message, 'Mend the decorators that it names.');
  }
  return dataSource.entityMetadatas;
}

/** Exports of entity modules that carry `@Entity` or `@ChildEntity`. */
export function entityClasses(exports: Iterable<unknown>): EntityClass[] {
  const tables = new Set(getMetadataArgsStorage().tables.map(({ target }) => target));
  return [...new Set(exports)].filter(
    (value): value is EntityClass => typeof value === 'function' && tables.has(value),
  );
}
