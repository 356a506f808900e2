import type { Catalog } from '../catalog/types.ts';
import { isSayable } from './constraints.ts';
import { inNameOrder, isPublic, unquote } from './names.ts';

/** A foreign key that decorators can say. Tables as the catalog names them, columns as they are. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly referenced: readonly string[];
  readonly onDelete: string | null;
  readonly onUpdate: string | null;
  readonly deferrable: 'INITIALLY DEFERRED' | 'INITIALLY IMMEDIATE' | null;
  /** A row can be written without it. */
  readonly optional: boolean;
}

const ACTION = '(CASCADE|RESTRICT|SET NULL|SET DEFAULT)';
const TAIL = new RegExp(`^(?: ON UPDATE ${ACTION})?(?: ON DELETE ${ACTION})?( DEFERRABLE(?: INITIALLY DEFERRED)?)?$`);

/**
 * The foreign keys of all tables, but for those that only SQL can say: variants that TypeORM has no words for, keys that
 * lean on such a variant, and the last one of a circle in which all are required, because no order of writing would do.
 */
export function sayableForeignKeys(catalog: Catalog, lost: ReadonlySet<string>): ForeignKey[] {
  const keys = Object.keys(catalog.tables)
    .sort()
    .filter(isPublic)
    .flatMap((table) => keysOf(catalog, table, lost));
  const closing = closingKeys(keys);
  return keys.filter((key) => !closing.has(key));
}

function keysOf({ tables }: Catalog, table: string, lost: ReadonlySet<string>): ForeignKey[] {
  const { constraints = {}, columns = {} } = tables[table] ?? {};
  return inNameOrder(constraints).flatMap(([name, constraint]) => {
    const { references, definition } = constraint;
    if (!references || lost.has(`constraint ${table}.${name}`)) return [];
    const [own, other] = [constraint.columns, references.columns].map((names) => names.join(', '));
    const start = `FOREIGN KEY (${own}) REFERENCES ${references.table}(${other})`;
    const tail = definition.startsWith(start) ? TAIL.exec(definition.slice(start.length)) : null;
    const by = tables[references.table]?.constraints[references.by];
    if (!tail || (by && !isSayable(by))) return [];
    const [, onUpdate = null, onDelete = null, deferrable] = tail;
    return [
      {
        name: unquote(name),
        table,
        columns: constraint.columns.map(unquote),
        target: references.table,
        referenced: references.columns.map(unquote),
        onDelete,
        onUpdate,
        deferrable:
          deferrable === undefined
            ? null
            : deferrable.endsWith('DEFERRED')
              ? 'INITIALLY DEFERRED'
              : 'INITIALLY IMMEDIATE',
        optional: constraint.columns.some((column) => columns[column]?.notNull === false),
      },
    ];
  });
}

function closingKeys(keys: readonly ForeignKey[]): Set<ForeignKey> {
  const required = Map.groupBy(
    keys.filter(({ optional, table, target }) => !optional && table !== target),
    ({ table }) => table,
  );
  const closing = new Set<ForeignKey>();
  const done = new Set<string>();
  const visit = (table: string, path: ReadonlySet<string>): void => {
    if (done.has(table)) return;
    const here = new Set([...path, table]);
    for (const key of required.get(table) ?? []) {
      if (here.has(key.target)) closing.add(key);
      else visit(key.target, here);
    }
    done.add(table);
  };
  for (const table of required.keys()) visit(table, new Set());
  return closing;
}
