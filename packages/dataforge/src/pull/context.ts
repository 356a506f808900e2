import type { Catalog } from '../catalog/types.ts';
import type { ForeignKey } from './foreign-keys.ts';

/** An entity's class, and the file that it is in, below the schema package. */
export interface EntityPlace {
  readonly entity: string;
  readonly path: string;
}

/** What whoever writes one table down must know of the others. Names are the catalog's. */
export interface Context {
  readonly catalog: Catalog;
  readonly lost: ReadonlySet<string>;
  /** Of all tables that have an entity, or get one. */
  readonly places: ReadonlyMap<string, EntityPlace>;
  readonly foreignKeys: readonly ForeignKey[];
  /** `table.column` of columns that a sequence of their own fills. */
  readonly serials: ReadonlySet<string>;
  /** Domain → its constant in `src/domains.ts`. */
  readonly domains: ReadonlyMap<string, string>;
  /** Enum of several columns → its constant in `src/enums.ts`. */
  readonly enums: ReadonlyMap<string, string>;
}
