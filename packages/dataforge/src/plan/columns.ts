import type { ColumnEntry } from '../catalog/types.ts';
import { literal } from '../ir/names.ts';
import { columnSql, requireValue } from './column-sql.ts';
import { addComputed, replaceComputed, settleComputed } from './computed.ts';
import { conversion, keepsIndices } from './conversion.ts';
import { dropColumn } from './going.ts';
import { updateSql, type Context } from './fills.ts';
import { compare, mentions } from './step.ts';

export function planColumns(context: Context): void {
  const { added, removed, kept } = compare(context.before.columns, context.after.columns);
  for (const [name, old, now] of kept) changeColumn(context, name, old, now);
  for (const [name, column] of added) addColumn(context, name, column);
  for (const [name, column] of removed) dropColumn(context, name, column);
}

function addColumn(context: Context, name: string, column: ColumnEntry): void {
  const { table, steps, backfills, facts, fills } = context;
  if (column.generated) {
    addComputed(context, name, column, 'column');
    return;
  }
  const backfill = backfills.get(`${table}.${name}`);
  const isFilled = column.default !== null || column.identity !== null;
  const isRequired = column.notNull && column.identity === null && (backfill !== undefined || !isFilled);
  const writesRows =
    column.identity !== null || facts.isConstrained(column.type) || facts.isVolatile(column.default ?? '');
  const sql = `alter table ${table} add column ${columnSql(name, isRequired ? { ...column, notNull: false } : column)};`;
  steps.add('column', sql, `Adds ${table}.${name}`, { risk: writesRows ? 'rewrite' : 'none', table });
  if (backfill !== undefined && column.identity === null) {
    fills.push({
      table,
      column: name,
      expression: backfill,
      sql: updateSql(context, `${name} = ${backfill}`),
      why: `Fills ${table}.${name} of present rows`,
      risk: 'rewrite',
    });
  }
  if (isRequired) requireValue(context, name, 'has no default: rows that are there must be given one');
}

function changeColumn(context: Context, name: string, before: ColumnEntry, now: ColumnEntry): void {
  const { table, steps, rebuild } = context;
  const isMadeAnew = rebuild.computed(table, name);
  if (isMadeAnew && now.generated) {
    replaceComputed(context, name, before, now);
    return;
  }
  const old = isMadeAnew ? settleComputed(context, name, before) : before;
  const alter = (text: string) => `alter table ${table} alter column ${name} ${text};`;
  if (old.generated && !now.generated) {
    steps.add('dropGenerated', alter('drop expression'), `Keeps values of ${table}.${name} as they are`, { table });
  }
  if (old.identity && !now.identity) steps.add('column', alter('drop identity'), `Ends numbering of ${table}.${name}`);
  const retyped = rebuild.column(table, name);
  const loose = !old.generated && old.default !== null && rebuild.leansOn(old.default);
  if (loose) {
    steps.add('dropConstraint', alter('drop default'), `Loosens ${table}.${name} from what changes under it`);
  }
  const oldDefault = old.generated || loose ? null : old.default;
  const newDefault = now.generated ? null : now.default;
  if (retyped) retype(context, name, old, now, oldDefault !== null);
  if (newDefault === null && oldDefault !== null && !retyped) {
    steps.add('column', alter('drop default'), `Ends the default of ${table}.${name}`);
  }
  if (!old.notNull && now.notNull) fillAndRequire(context, name, newDefault);
  if (old.notNull && !now.notNull) {
    steps.add('relax', alter('drop not null'), `Allows ${table}.${name} to be null`);
  }
  if (newDefault !== null && (newDefault !== oldDefault || retyped)) {
    steps.add('column', alter(`set default ${newDefault}`), `Sets the default of ${table}.${name}`);
  }
  if (now.identity && old.identity !== now.identity) identify(context, name, old, now.identity);
}

function fillAndRequire(context: Context, name: string, newDefault: string | null): void {
  const { table, backfills, fills } = context;
  const backfill = backfills.get(`${table}.${name}`) ?? newDefault;
  if (backfill !== null) {
    fills.push({
      table,
      column: name,
      expression: backfill,
      sql: updateSql(context, `${name} = ${backfill} where ${name} is null`),
      why: `Fills ${table}.${name} where it is null`,
      risk: 'blocking',
    });
  }
  requireValue(context, name, 'could be null before');
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
  const highest = `coalesce(max(${name}), 0)`;
  steps.add(
    'require',
    (/\bnextval\(/.test(old.default ?? '') ? dropSerial(sequence) : '') +
      `alter table ${table} alter column ${name} add generated ${identity} as identity;\n` +
      `select setval(${sequence}, greatest(${highest}, 1), ${highest} > 0) from ${table};`,
    `Numbers ${table}.${name} from its highest value on`,
    { table },
  );
}

/** A serial's sequence belongs to its column still, and would be taken for the identity's. */
const dropSerial = (sequence: string): string =>
  `do $$ begin execute 'drop sequence ' || ${sequence}; exception when null_value_not_allowed then null; end $$;\n`;

function retype(context: Context, name: string, old: ColumnEntry, now: ColumnEntry, had: boolean): void {
  const { table, steps, rebuild } = context;
  const { prepare, using, risk } = conversion(name, old.type, now.type, rebuild.type(now.type));
  const collate = now.collation === null ? '' : ` collate ${now.collation}`;
  const sql = [
    ...(had ? [`alter table ${table} alter column ${name} drop default;`] : []),
    ...prepare,
    `alter table ${table} alter column ${name} type ${now.type}${collate} using ${using};`,
  ];
  const reindexes = isIndexed(context, name) && !(keepsIndices(old.type, now.type) && old.collation === now.collation);
  const why =
    old.type === now.type
      ? `Moves ${table}.${name} to the new ${now.type}`
      : `Makes ${table}.${name} ${now.type} (was ${old.type})`;
  steps.add('column', sql.join('\n'), why, { risk: reindexes && risk === 'none' ? 'blocking' : risk, table });
}

const isIndexed = ({ before: { constraints, indices } }: Context, name: string): boolean =>
  Object.values(constraints).some(
    ({ kind, columns }) => kind !== 'check' && kind !== 'foreign' && columns.includes(name),
  ) || Object.values(indices).some(({ definition }) => mentions(definition, name));
