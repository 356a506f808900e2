import type { DomainDefinition } from './domain.ts';
import { markEntity, markProperty, ownMark, type Category, type Side } from './marks.ts';
import type { ScopeDefinition } from './scope.ts';

type EntityOrProperty = (target: object, property?: string | symbol) => void;
type OnProperty = (target: object, property: string | symbol) => void;
type OnEntity = (target: object) => void;

const sideOnly = (side: Side) => (): EntityOrProperty => (target, property) => {
  if (property === undefined) markEntity(target, { side });
  else markProperty(target, String(property), { side });
};

/** The entity or property exists on the server only: no client ever sees its table, column or values. */
export const ServerOnly = sideOnly('server');

/** The entity or property exists on clients only, and is never synchronised. */
export const ClientOnly = sideOnly('client');

/** Domain tables are synchronised; system tables belong to the framework; utility tables to the server alone. */
export const TableCategory =
  (category: Category): OnEntity =>
  (target) => {
    markEntity(target, { category });
  };

/**
 * Says which scope an entity's rows belong to.
 *
 * @param scope  from `scope()`, or `userScope`, or `globalScope`
 * @param via    the property that leads there: a column with the scope's id, or a relation to an entity of the scope.
 *   Left out for the scope's own root, and for rows whose id is the person's. A misspelling does not compile.
 */
export const Scope =
  <T extends object>(scope: ScopeDefinition, via?: (entity: { [K in keyof Required<T>]: K }) => keyof T) =>
  (target: abstract new (...args: never[]) => T): void => {
    // The selector runs against a proxy that answers every property with its own name.
    const names = new Proxy({}, { get: (_, name) => String(name) }) as { [K in keyof Required<T>]: K };
    markEntity(target, { scope: { scope, via: via ? String(via(names)) : null } });
  };

/**
 * Says which roles may read and write an entity's rows; stronger roles may too. A misspelt role does not compile.
 * What `nobody` may write is the server's to change: its own code, or SQL.
 */
export const Access =
  <Role extends string>(
    scope: ScopeDefinition<Role>,
    access: { readonly read: NoInfer<Role>; readonly write: NoInfer<Role> | 'nobody' },
  ): OnEntity =>
  (target) => {
    markEntity(target, { access: { scope, ...access } });
  };

/**
 * What is compared when two people change one row at a time: its columns one by one, which is the default, or the row
 * as a whole, for rows whose columns only make sense together (SEMANTICS 5.4).
 */
export const Merge =
  (merge: 'column' | 'row'): OnEntity =>
  (target) => {
    markEntity(target, { merge });
  };

/**
 * An index that TypeORM has no words for: on expressions, with a method or operator class, covering.
 *
 * @param definition  SQL from `using` or the opening parenthesis on
 * @example @SqlIndex('using gin (tags)')
 * @example @SqlIndex('(lower(email)) where archived is false', { unique: true })
 */
export const SqlIndex =
  (definition: string, options: { readonly name?: string; readonly unique?: boolean } = {}): OnEntity =>
  (target) => {
    const others = ownMark(target).sqlIndices ?? [];
    markEntity(target, { sqlIndices: [{ definition, ...options }, ...others] });
  };

/** The column has a domain, from `domain()`, in place of the type that `@Column` names. */
export const Domain =
  (domain: DomainDefinition): OnProperty =>
  (target, property) => {
    markProperty(target, String(property), { domain });
  };

/** The table or column had another name before; its rows and values go with it. Remove it when all databases know. */
export const RenamedFrom =
  (name: string): EntityOrProperty =>
  (target, property) => {
    if (property === undefined) markEntity(target, { renamedFrom: name });
    else markProperty(target, String(property), { renamedFrom: name });
  };

/** What the entity or property means, for people and models: it becomes the comment in the database. */
export const Describe =
  (description: string): EntityOrProperty =>
  (target, property) => {
    if (property === undefined) markEntity(target, { description });
    else markProperty(target, String(property), { description });
  };

/**
 * The value that rows get which were there before the column was, or where it was null.
 *
 * @param expression  SQL over the row, such as `lower(title)`
 */
export const Backfill =
  (expression: string): OnProperty =>
  (target, property) => {
    markProperty(target, String(property), { backfill: expression });
  };
