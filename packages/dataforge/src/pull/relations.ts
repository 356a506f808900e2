import { objectName } from '../ir/names.ts';
import { fileName } from '../emit/modules/header.ts';
import type { Context } from './context.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { array, arrow, call, callWith, object, text, type Call, type Node } from './layout.ts';
import { unquote } from './names.ts';
import type { Property } from './properties.ts';

export interface RelationProperty extends Property {
  /** That hold its key. */
  readonly columns: readonly string[];
}

/** Foreign keys of one table: as relations, or, where TypeORM would mix up their columns, as they are. */
export interface Relations {
  readonly properties: readonly RelationProperty[];
  readonly decorators: readonly Call[];
  /** Tables that they lead to. */
  readonly targets: readonly string[];
}

/** @param oneToOnes  columns, joined, that are unique */
export function relationsOf(
  context: Context,
  table: string,
  columns: readonly string[],
  oneToOnes: ReadonlySet<string>,
): Relations {
  const used = new Set(columns);
  const properties: RelationProperty[] = [];
  const decorators: Call[] = [];
  const keys = context.foreignKeys.filter((key) => key.table === table && context.places.has(key.target));
  for (const key of keys) {
    const { entity = '' } = context.places.get(key.target) ?? {};
    const ownKey = keyOf(context, table);
    const isOne = oneToOnes.has(key.columns.join()) || [...ownKey].sort().join() === [...key.columns].sort().join();
    if (keepsOrder(context, key)) {
      properties.push({
        decorators: [
          callWith(isOne ? 'OneToOne' : 'ManyToOne', [arrow(entity)], relationOptions(key)),
          call('JoinColumn', joinColumns(context, key)),
        ],
        name: relationName(key, entity, used),
        type: `Relation<${entity}>${key.optional ? ' | null' : ''}`,
        columns: key.columns,
      });
    } else {
      const names = [key.columns, key.referenced].map((list) => array(list.map(text)));
      decorators.push(
        callWith('ForeignKey', [arrow(entity), ...names], object({ name: ownName(key), ...actions(key) })),
      );
    }
  }
  return { properties, decorators, targets: [...new Set(keys.map(({ target }) => target))] };
}

const keyOf = ({ catalog }: Context, table: string): string[] =>
  Object.values(catalog.tables[table]?.constraints ?? {})
    .find(({ kind }) => kind === 'primary')
    ?.columns.map(unquote) ?? [];

/** TypeORM puts the columns of a composite key into the order of the other side's primary key. */
function keepsOrder(context: Context, { target, referenced }: ForeignKey): boolean {
  const key = keyOf(context, target);
  const place = (column: string) => (key.includes(column) ? key.indexOf(column) : key.length);
  return referenced.every((column, i) => i === 0 || place(referenced[i - 1] ?? '') <= place(column));
}

const actions = ({ onDelete, onUpdate, deferrable }: ForeignKey): Record<string, Node | undefined> => ({
  onDelete: action(onDelete),
  onUpdate: action(onUpdate),
  deferrable: deferrable === null ? undefined : text(deferrable),
});

const relationOptions = (key: ForeignKey): Node => object(actions(key));

/** TypeORM's word for `set default` is `DEFAULT`. */
const action = (said: string | null): Node | undefined =>
  said === null ? undefined : text(said.replace('SET DEFAULT', 'DEFAULT'));

/** The constraint's name, where it is not the one that we would give it. */
function ownName({ name, table, columns }: ForeignKey): Node | undefined {
  return name === objectName('fk', unquote(table), ...columns) ? undefined : text(name);
}

function joinColumns(context: Context, key: ForeignKey): Node {
  const { columns, referenced, target } = key;
  const primary = keyOf(context, target);
  const isWhole = columns.length === 1 && primary.length === 1 && primary[0] === referenced[0];
  const joins = columns.map((column, i) =>
    object({
      name: text(column),
      referencedColumnName: isWhole ? undefined : text(referenced[i] ?? ''),
      foreignKeyConstraintName: i === 0 ? ownName(key) : undefined,
    }),
  );
  return joins.length === 1 && joins[0] ? joins[0] : array(joins);
}

/** `project_id` and `projectId` → `project`; a name that is taken by a column gives way to the other entity's. */
function relationName({ columns: [first = '', ...more] }: ForeignKey, entity: string, used: Set<string>): string {
  const bareName = more.length === 0 ? first.replace(/(_id|_uuid|Id|ID)$/, '') : '';
  const other = fileName(entity).replaceAll('-', '_');
  const candidates = [bareName, other, ...Array.from({ length: used.size + 1 }, (_, i) => `${other}_${i + 2}`)];
  const name =
    candidates.find((one) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(one) && !used.has(one) && one !== 'constructor') ?? '';
  used.add(name);
  return name;
}
