import { DataSource, getMetadataArgsStorage, type DataSourceOptions, type EntityMetadata } from 'typeorm';
import type { EntityClass } from '../decorators/marks.ts';

/** Looks like node-postgres to TypeORM, and must never be asked to connect. */
const noDriver = {
  Pool: (): never => {
    throw new Error('Entities are read without a database');
  },
  defaults: {},
};

/** Entity metadata and the driver's reading of column types, without any connection. */
export interface EntityReading {
  readonly metadatas: readonly EntityMetadata[];
  readonly dataSource: DataSource;
}

/** Has TypeORM build the metadata of entities. @throws {TypeORMError} the decorators contradict each other */
export async function readEntities(entities: readonly EntityClass[]): Promise<EntityReading> {
  const options = { type: 'postgres', driver: noDriver, installExtensions: false, entities: [...entities] };
  const dataSource = new DataSource(options as unknown as DataSourceOptions);
  // Protected in the typings; it is what initialize() runs before it connects.
  await (dataSource as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas();
  return { metadatas: dataSource.entityMetadatas, dataSource };
}

/** Exports of entity modules that carry `@Entity`. */
export function entityClasses(exports: Iterable<unknown>): EntityClass[] {
  const tables = new Set(getMetadataArgsStorage().tables.map(({ target }) => target));
  return [...new Set(exports)].filter(
    (value): value is EntityClass => typeof value === 'function' && tables.has(value),
  );
}
