import { addDetails } from './details.ts';
import type { Random } from './random.ts';
import {
  NOWHERE,
  find,
  newColumn,
  type ColumnSketch,
  type KeySketch,
  type Sketch,
  type TableSketch,
} from './sketch.ts';
import { TYPES } from './values.ts';

/** Ids and names for a sketch that is being made. */
export interface Supply {
  id(prefix: string): string;
  name(): string;
}

const KEY_TYPES = ['uuid', 'bigint', 'integer', 'text'] as const;

/** A model of two to six tables: the root of a scope, its members, and what lies in it, beside it or on the server only. */
export function baseSketch(random: Random, supply: Supply): Sketch {
  const sketch: Sketch = {
    tables: [],
    enums: [{ name: 'mood_1', labels: ['sad', 'so so', "it's ok", 'happy', 'über'] }],
    domains: [
      { name: 'score_1', type: 'integer', notNull: false, limit: 5000 },
      { name: 'words_1', type: 'text', notNull: false, limit: null },
    ],
    functions: [{ name: 'fn_1', result: 'integer', volatile: random.chance(0.5) }],
    views: [],
  };
  const root = newTable(supply, random.pick(KEY_TYPES));
  root.scope = { name: 'org', column: root.key[0] ?? '', along: null };
  sketch.tables.push(root, members(supply, root));
  const more = random.below(5);
  for (let i = 0; i < more; i++) sketch.tables.push(otherTable(random, supply, sketch));
  for (const table of sketch.tables) {
    for (let i = random.between(1, 4); i > 0; i--) table.columns.push(randomColumn(random, supply, sketch));
    addDetails(random, supply, sketch, table);
  }
  return sketch;
}

export function newTable(supply: Supply, keyType: string): TableSketch {
  const key = { ...newColumn(supply.id('c'), 'id', keyType), nullable: false };
  return {
    id: supply.id('t'),
    name: supply.name(),
    side: 'both',
    key: [key.id],
    columns: [key],
    foreignKeys: [],
    uniques: [],
    checks: [],
    exclusions: [],
    indices: [],
    scope: { name: 'global', column: null, along: null },
    readers: ['reader', 'editor'],
    writers: [],
    merge: 'column',
    description: null,
  };
}

function members(supply: Supply, root: TableSketch): TableSketch {
  const table = newTable(supply, 'uuid');
  const { key, columns } = referTo(supply, root, { nullable: false });
  table.columns.push(...columns);
  table.foreignKeys.push({ ...key, onDelete: 'CASCADE' });
  table.key = [...key.columns, ...table.key];
  table.scope = { name: 'org', column: key.columns[0] ?? '', along: null };
  return table;
}

function otherTable(random: Random, supply: Supply, sketch: Sketch): TableSketch {
  const table = newTable(supply, random.pick(KEY_TYPES));
  const [key] = table.columns;
  if (key && key.type !== 'uuid' && key.type !== 'text' && random.chance(0.4))
    key.identity = random.pick(['always', 'by default']);
  if (random.chance(0.2)) {
    const second = { ...newColumn(supply.id('c'), supply.name(), 'integer'), nullable: false };
    table.columns.push(second);
    table.key = [...table.key, second.id];
  }
  table.writers = random.chance(0.5) ? ['editor'] : [];
  table.readers = random.chance(0.7) ? ['reader', 'editor'] : ['editor'];
  const [root] = sketch.tables;
  const parents = sketch.tables.slice(2).filter(({ scope, key: { length } }) => scope?.name === 'org' && length === 1);
  const where = random.pick(['server', 'global', 'direct', 'along']);
  if (where === 'server') {
    table.side = 'server';
    table.scope = null;
  } else if (where !== 'global' && root) {
    const parent = where === 'along' && parents.length > 0 ? random.pick(parents) : root;
    const optional = parent !== root && root.columns[0]?.type === 'uuid' && random.chance(0.4);
    const { key: reference, columns } = referTo(supply, parent, { nullable: optional });
    table.columns.push(...columns);
    table.foreignKeys.push(reference);
    if (parent === root) table.scope = { name: 'org', column: reference.columns[0] ?? '', along: null };
    else scopeAlong(supply, table, parent, reference, optional);
  }
  if (random.chance(0.3)) {
    const parent = random.chance(0.3) ? table : random.pick(sketch.tables);
    if (parent.side === 'both' || table.side === 'server') {
      const { key: reference, columns } = referTo(supply, parent, { nullable: true });
      table.columns.push(...columns);
      table.foreignKeys.push({ ...reference, onDelete: random.pick(['NO ACTION', 'CASCADE', 'SET NULL', 'RESTRICT']) });
    }
  }
  return table;
}

/** Columns that hold another table's key, and the key that says so. */
export function referTo(supply: Supply, parent: TableSketch, { nullable }: { readonly nullable: boolean }) {
  const columns = parent.key.map((id): ColumnSketch => ({
    ...newColumn(supply.id('c'), supply.name(), find(parent.columns, id).type),
    nullable,
  }));
  const key: KeySketch = {
    id: supply.id('f'),
    columns: columns.map(({ id }) => id),
    table: parent.id,
    referenced: [...parent.key],
    onDelete: 'NO ACTION',
  };
  return { key, columns };
}

/** As `ir/scopes.ts` does it: the column, the composite key that holds it to the parent's, the unique it leans on. */
export function scopeAlong(
  supply: Supply,
  table: TableSketch,
  parent: TableSketch,
  key: KeySketch,
  optional: boolean,
): void {
  const scope = parent.scope?.column ?? '';
  const own: ColumnSketch = {
    ...newColumn(supply.id('c'), supply.name(), find(parent.columns, scope).type),
    nullable: false,
    role: 'scope',
    backfill: {
      op: 'lookup',
      columns: key.columns,
      from: { table: parent.id, value: scope, key: key.referenced[0] ?? '', otherwise: optional ? NOWHERE : null },
    },
  };
  if (optional) table.checks.push({ id: supply.id('k'), form: 'nowhere', columns: [...key.columns, own.id], limit: 0 });
  const referenced = [...key.referenced, scope];
  if (!parent.uniques.some(({ columns }) => columns.join() === referenced.join())) {
    parent.uniques.push({ id: supply.id('leaned_on'), columns: referenced });
  }
  key.columns = [...key.columns, own.id];
  key.referenced = referenced;
  table.columns.push(own);
  table.scope = {
    name: 'org',
    column: own.id,
    along: { key: key.id, column: scope, nowhere: optional ? NOWHERE : null },
  };
}

export function randomColumn(random: Random, supply: Supply, { enums, domains }: Sketch): ColumnSketch {
  const named = [...enums.flatMap(({ name }) => [name, `${name}[]`]), ...domains.map(({ name }) => name)];
  const type = random.chance(0.25) ? random.pick(named) : random.pick(TYPES);
  return { ...newColumn(supply.id('c'), supply.name(), type), nullable: random.chance(0.7) };
}
