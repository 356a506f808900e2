import { pascalCase, fileName } from '../emit/modules/header.ts';

/** A name as it is, from one that SQL may have quoted: the catalog's names are SQL. */
export const unquote = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

/** Whether a name of the catalog lies in `public`: all others are qualified. */
export const isPublic = (name: string): boolean =>
  !name
    .replace(/"(?:[^"]|"")*"/g, '')
    .replace(/\(.*$/s, '')
    .includes('.');

/** The schema that a qualified name lies in. */
export const schemaOf = (name: string): string => unquote(/^(?:"(?:[^"]|"")*"|[^."]*)/.exec(name)?.[0] ?? '');

/** Entries by name, in the same order whatever the database's collation is. */
export const inNameOrder = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** What a file of an entity may import, and what the language has: a class of that name would hide it. */
const TAKEN = new Set(
  `Access Backfill ClientOnly Describe Domain DomainEntity Merge RenamedFrom Scope ServerOnly SqlIndex TableCategory
   Check Column Entity Exclusion ForeignKey Index JoinColumn ManyToOne OneToOne PrimaryColumn PrimaryGeneratedColumn
   Relation Unique Array ArrayBuffer BigInt Boolean Buffer Date Error Function Infinity Intl JSON Map Math NaN Number
   Object Promise Proxy Reflect RegExp Set String Symbol Uint8Array WeakMap WeakSet`.split(/\s+/),
);

/** Words that cannot name a constant, or that the files of domains and enums need themselves. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do domain else enum eval export extends
   false finally for function if implements import in instanceof interface let new null package private protected public
   return static super switch this throw true try typeof undefined var void while with yield`.split(/\s+/),
);

/** Gives each name an identifier that no other has: `order item` and `order_item` are both `OrderItem`. */
export function uniqueNames(
  names: readonly string[],
  make: (name: string) => string,
  used: Iterable<string> = [],
): Map<string, string> {
  // File systems that ignore case would make one file of two.
  const taken = new Set([...used].map((one) => one.toLowerCase()));
  const out = new Map<string, string>();
  for (const name of names) {
    const wanted = make(name);
    let given = wanted;
    for (let n = 2; taken.has(given.toLowerCase()); n++) given = `${wanted}${n}`;
    taken.add(given.toLowerCase());
    out.set(name, given);
  }
  return out;
}

/** `order_item` → `OrderItem`; `index` → `IndexEntity`, for the other is TypeORM's. */
export function className(table: string): string {
  const name = pascalCase(table) || 'Table';
  if (/^\d/.test(name)) return `T${name}`;
  return TAKEN.has(name) ? `${name}Entity` : name;
}

/** `email_address` → `emailAddress`. */
export function constantName(type: string): string {
  const pascal = pascalCase(type) || 'Type';
  const name = /^\d/.test(pascal) ? `t${pascal}` : pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return RESERVED.has(name) ? `${name}Type` : name;
}

/** `OrderItem` → `src/entities/order-item.ts`. */
export const entityPath = (entity: string): string => `src/entities/${fileName(entity)}.ts`;
