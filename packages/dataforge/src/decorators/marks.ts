import 'reflect-metadata';
import type { DomainDefinition } from './domain.ts';
import type { ScopeDefinition } from './scope.ts';

export type Side = 'server' | 'client';
export type Category = 'domain' | 'system' | 'utility';
export type EntityClass = abstract new (...args: never[]) => object;

/** How the rows of an entity find their scope: by the root itself, a column, or a relation to a parent. */
interface ScopeMark {
  readonly scope: ScopeDefinition;
  /** Property of the entity: a column that holds the scope's id, or a relation to an entity of the scope. */
  readonly via: string | null;
}

interface AccessMark {
  readonly scope: ScopeDefinition;
  readonly read: string;
  readonly write: string;
}

/** An index that TypeORM has no words for. */
export interface SqlIndexMark {
  readonly definition: string;
  readonly name?: string;
  readonly unique?: boolean;
}

export interface EntityMark {
  readonly side?: Side;
  readonly category?: Category;
  readonly scope?: ScopeMark;
  readonly access?: AccessMark;
  readonly merge?: 'column' | 'row';
  readonly sqlIndices?: readonly SqlIndexMark[];
  readonly renamedFrom?: string;
  readonly description?: string;
}

export interface PropertyMark {
  readonly side?: Side;
  readonly domain?: DomainDefinition;
  readonly renamedFrom?: string;
  readonly description?: string;
  /** SQL expression over the row. */
  readonly backfill?: string;
}

interface Store {
  readonly entities: Map<object, EntityMark>;
  readonly properties: Map<object, Map<string, PropertyMark>>;
}

// Kept on the global object, as TypeORM keeps its own: two copies of this package must see the same marks.
const globals = globalThis as { vibestackForgeMarks?: Store };
const store: Store = (globals.vibestackForgeMarks ??= { entities: new Map(), properties: new Map() });

export function markEntity(target: object, mark: EntityMark): void {
  store.entities.set(target, { ...store.entities.get(target), ...mark });
}

export function markProperty(prototype: object, property: string, mark: PropertyMark): void {
  const owner = prototype.constructor;
  const marks = store.properties.get(owner) ?? new Map<string, PropertyMark>();
  store.properties.set(owner, marks.set(property, { ...marks.get(property), ...mark }));
}

/** What stands at this class alone. */
export const ownMark = (target: object): EntityMark => store.entities.get(target) ?? {};

/** Marks of a class, those of its base classes included; the nearest wins, and indices add up. */
export function entityMark(target: object): EntityMark {
  const marks = [...chain(target)].map(ownMark);
  const sqlIndices = marks.flatMap((mark) => mark.sqlIndices ?? []);
  return { ...marks.reduceRight<EntityMark>((out, mark) => ({ ...out, ...mark }), {}), sqlIndices };
}

export function propertyMark(target: object, property: string): PropertyMark {
  for (const link of chain(target)) {
    const mark = store.properties.get(link)?.get(property);
    if (mark) return mark;
  }
  return {};
}

function* chain(target: object): Generator<object> {
  for (let at: object | null = target; at && at !== Function.prototype;) {
    yield at;
    at = Object.getPrototypeOf(at) as object | null;
  }
}
