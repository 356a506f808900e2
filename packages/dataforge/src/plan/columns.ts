import type { ColumnEntry } from '../catalog/types.ts';
import { conversion } from './conversion.ts';
import type { Rebuild } from './rebuild.ts';
import { compare, literal, type Steps } from './step.ts';

/** What the model says about present rows, where a catalog cannot: `table.column` → SQL expression. */
export type Backfills = ReadonlyMap<string, string>;

interface Context {
  readonly table: string;
  readonly steps: Steps;
  readonly rebuild: Rebuild;
  readonly backfills: Backfills;
}

/** A column as `CREATE TABLE` and `ADD COLUMN` want it. */
export function columnSql(name: string, column: ColumnEntry): string {
  const parts = [name, column.type];
  if (column.collation !== null) parts.push(`collate ${column.collation}`);
  if (column.generated) parts.push(`generated always as (${column.default ?? ''}) ${column.generated}`);
  else if (column.identity) parts.push(`generated ${column.identity} as identity`);
  else if (column.default !== null) parts.push(`default ${column.default}`);
  if (column.notNull) parts.push('not null');
  return parts.join(' ');
}

export function planColumns(
  context: Context,
  before: Readonly<Record<string, ColumnEntry>>,
  after: Readonly<Record<string, ColumnEntry>>,
): void {
  const { added, removed, kept } = compare(before, after);
  for (const [name, old, now] of kept) changeColumn(context, name, old, now);
  for (const [name, column] of added) addColumn(context, name, column);
  for (const [name, column] of removed) dropColumn(context, name, column);
}

/** Not cheap to add: the value has to be computed for each row. */
const VOLATILE = /\b(random|clock_timestamp|gen_random_uuid|uuidv[47]|uuid_generate_v\d\w*|nextval|timeofday)\s*\(/i;

function addColumn({ table, steps, backfills }: Context, name: string, column: ColumnEntry): void {
  const add = (text: string) => `alter table ${table} add column ${text};`;
  const backfill = backfills.get(`${table}.${name}`);
  const filled = column.default !== null || column.identity !== null;
  if (filled || (!column.notNull && backfill === undefined)) {
    const rewrites = column.identity !== null || column.generated === 'stored' || VOLATILE.test(column.default ?? '');
    steps.add('column', add(columnSql(name, column)), `Adds ${table}.${name}`, {
      risk: rewrites && column.generated !== 'virtual' ? 'rewrite' : 'none',
      table,
    });
    return;
  }
  steps.add('column', add(columnSql(name, { ...column, notNull: false })), `Adds ${table}.${name}`, { table });
  if (backfill !== undefined) {
    const update = `update ${table} set ${name} = ${backfill};`;
    steps.add('column', update, `Fills ${table}.${name} of present rows`, { risk: 'rewrite', table });
  }
  if (column.notNull) requireValue({ table, steps }, name, 'has no default: rows that are there must be given one');
}

function requireValue({ table, steps }: Pick<Context, 'table' | 'steps'>, name: string, because: string): void {
  const sql = `alter table ${table} alter column ${name} set not null;`;
  steps.add('column', sql, `Requires a value in ${table}.${name}, which ${because}`, { risk: 'data', table });
}

function dropColumn({ table, steps }: Context, name: string, column: ColumnEntry): void {
  if (column.notNull && column.default === null && column.identity === null) {
    const sql = `alter table ${table} alter column ${name} drop not null;`;
    steps.add('column', sql, `Lets new code insert into ${table} without ${name}, which goes`, { table });
  }
  const sql = `alter table ${table} drop column ${name};`;
  steps.add('dropColumn', sql, `Drops ${table}.${name} and its values`, {
    risk: 'destructive',
    phase: 'contract',
    table,
  });
}

function changeColumn(context: Context, name: string, old: ColumnEntry, now: ColumnEntry): void {
  const { table, steps, rebuild } = context;
  if (rebuild.computed(table, name)) {
    replaceColumn(context, name, old, now);
    return;
  }
  const alter = (text: string) => `alter table ${table} alter column ${name} ${text};`;
  if (old.generated && !now.generated) {
    steps.add('dropGenerated', alter('drop expression'), `Keeps values of ${table}.${name} as they are`, { table });
  }
  if (old.identity && !now.identity) steps.add('column', alter('drop identity'), `Ends numbering of ${table}.${name}`);
  const retyped = rebuild.column(table, name);
  const loose = !old.generated && old.default !== null && rebuild.calls(old.default);
  if (loose)
    steps.add('dropConstraint', alter('drop default'), `Loosens ${table}.${name} from a function that changes`);
  const oldDefault = old.generated || loose ? null : old.default;
  const newDefault = now.generated ? null : now.default;
  if (retyped) retype(context, name, old, now, oldDefault !== null);
  if (newDefault === null && oldDefault !== null && !retyped) {
    steps.add('column', alter('drop default'), `Ends the default of ${table}.${name}`);
  }
  if (!old.notNull && now.notNull) fillAndRequire(context, name, newDefault);
  if (old.notNull && !now.notNull && !old.identity) {
    steps.add('column', alter('drop not null'), `Allows ${table}.${name} to be null`);
  }
  if (newDefault !== null && (newDefault !== oldDefault || retyped)) {
    steps.add('column', alter(`set default ${newDefault}`), `Sets the default of ${table}.${name}`);
  }
  if (now.identity && old.identity !== now.identity) identify(context, name, old, now.identity);
}

function fillAndRequire({ table, steps, backfills }: Context, name: string, newDefault: string | null): void {
  const backfill = backfills.get(`${table}.${name}`) ?? newDefault;
  if (backfill !== null) {
    const sql = `update ${table} set ${name} = ${backfill} where ${name} is null;`;
    steps.add('column', sql, `Fills ${table}.${name} where it is null`, { risk: 'blocking', table });
  }
  requireValue({ table, steps }, name, 'could be null before');
}

function identify({ table, steps }: Context, name: string, old: ColumnEntry, identity: string): void {
  if (old.identity) {
    steps.add(
      'column',
      `alter table ${table} alter column ${name} set generated ${identity};`,
      `Changes who numbers ${table}.${name}`,
    );
    return;
  }
  const sequence = `pg_get_serial_sequence(${literal(table)}, ${literal(name.replaceAll('"', ''))})`;
  steps.add(
    'column',
    `alter table ${table} alter column ${name} add generated ${identity} as identity;\n` +
      `select setval(${sequence}, coalesce((select max(${name}) from ${table}), 0) + 1, false);`,
    `Numbers ${table}.${name} from its highest value on`,
    { table },
  );
}

function replaceColumn({ table, steps }: Context, name: string, old: ColumnEntry, now: ColumnEntry): void {
  if (now.generated) {
    const risk = old.generated ? 'none' : 'destructive';
    steps.add('dropGenerated', `alter table ${table} drop column ${name};`, `Makes room for another ${table}.${name}`, {
      risk,
      table,
    });
    steps.add(
      'generated',
      `alter table ${table} add column ${columnSql(name, now)};`,
      `Computes ${table}.${name} anew`,
      {
        risk: now.generated === 'stored' ? 'rewrite' : 'none',
        table,
      },
    );
    return;
  }
  const spare = `${name.replaceAll('"', '')}__new`;
  const sql = [
    `alter table ${table} add column ${columnSql(`"${spare}"`, { ...now, notNull: false })};`,
    `update ${table} set "${spare}" = ${conversion(name, old.type, now.type).using};`,
    `alter table ${table} drop column ${name};`,
    `alter table ${table} rename column "${spare}" to ${name};`,
    ...(now.notNull ? [`alter table ${table} alter column ${name} set not null;`] : []),
  ];
  steps.add('column', sql.join('\n'), `Keeps the computed values of ${table}.${name} as its own`, {
    risk: 'rewrite',
    table,
  });
}

function retype(
  { table, steps, rebuild }: Context,
  name: string,
  old: ColumnEntry,
  now: ColumnEntry,
  had: boolean,
): void {
  const { using, risk } = conversion(name, old.type, now.type, rebuild.type(now.type));
  const collate = now.collation === null ? '' : ` collate ${now.collation}`;
  const sql = [
    ...(had ? [`alter table ${table} alter column ${name} drop default;`] : []),
    `alter table ${table} alter column ${name} type ${now.type}${collate} using ${using};`,
  ];
  const why =
    old.type === now.type
      ? `Moves ${table}.${name} to the new ${now.type}`
      : `Makes ${table}.${name} ${now.type} (was ${old.type})`;
  steps.add('column', sql.join('\n'), why, { risk, table });
}
