import 'reflect-metadata';
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
  readonly read: string;
  readonly write: string;
}

export interface EntityMark {
  readonly side?: Side;
  readonly category?: Category;
  readonly scope?: ScopeMark;
  readonly access?: AccessMark;
  readonly renamedFrom?: string;
  readonly description?: string;
}

export interface PropertyMark {
  readonly side?: Side;
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

/** Marks of a class, those of its base classes included; the nearest wins. */
export function entityMark(target: object): EntityMark {
  let out: EntityMark = {};
  for (const link of chain(target)) out = { ...store.entities.get(link), ...out };
  return out;
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
