import { parseScopeKey, type Admission, type Row, type ScopeKey, type SyncTable } from '@vibestack/sync-types';
import type { Changes } from './changed.ts';
import { netChanges, type TableNet } from './net-changes.ts';
import { writeShadows, type RowRef } from './pending-rows.ts';
import { applyNets, mainTarget } from './statements.ts';
import { quote } from './system-sql.ts';
import type { StagedSnapshot, Tx } from './types.ts';

type StagedTable = StagedSnapshot['tables'][number];

/**
 * Lets a staged snapshot into the tables: first brought up to the interval's end by the transactions that it did not
 * see, then made visible, so that a row which the stream has shown already is never set back.
 *
 * @returns rows with pending ops whose shadow changed
 */
export async function admitStaged(
  tx: Tx,
  tables: ReadonlyMap<string, SyncTable>,
  admission: Admission,
  staged: StagedSnapshot,
  changes: Changes,
): Promise<RowRef[]> {
  const nets = netChanges(admission.transactions, tables);
  const rebased: RowRef[] = [];
  const whole = staged.scopes.every((scope) => admission.scopes.includes(scope));
  for (const table of tables.values()) {
    const part = staged.tables.find((one) => one.table === table.name);
    const net = nets.get(table.name) ?? { truncated: false, rows: new Map() };
    if (!part && net.rows.size === 0) continue;
    changes.all(table.name);
    if (part && whole && (await isUntouched(tx, table))) {
      await copyInto(tx, mainTarget(table).relation, part);
      await applyNets(tx, mainTarget(table), net);
    } else {
      rebased.push(...(await admitBeside(tx, table, part, net, whole ? null : admission.scopes)));
    }
  }
  return rebased;
}

/** An empty table without pending ops takes the rows directly: one COPY, not two. */
async function isUntouched(tx: Tx, table: SyncTable): Promise<boolean> {
  const { rows } = await tx.query<{ used: boolean }>(
    `select exists (select from ${mainTarget(table).relation})
         or exists (select from vibestack.shadow where table_name = $1) as used`,
    [table.name],
  );
  return rows[0]?.used === false;
}

async function copyInto(tx: Tx, relation: string, { columns, chunks }: StagedTable): Promise<void> {
  if (chunks.length === 0) return;
  const blob = new Blob([...chunks] as BlobPart[]);
  await tx.query(`copy ${relation} (${columns.map(quote).join(', ')}) from '/dev/blob'`, [], { blob });
}

async function admitBeside(
  tx: Tx,
  table: SyncTable,
  part: StagedTable | undefined,
  net: TableNet,
  only: readonly ScopeKey[] | null,
): Promise<RowRef[]> {
  const twin = { table, relation: `pg_temp.${quote(`staged_${table.name}`)}` };
  await tx.query(
    `create temp table ${quote(`staged_${table.name}`)} (like ${mainTarget(table).relation} including indexes including defaults including generated)
       on commit drop`,
  );
  if (part) await copyInto(tx, twin.relation, part);
  await applyNets(tx, twin, net);
  const { column } = table.scope;
  if (only && column !== undefined) {
    const ids = only.map((scope) => parseScopeKey(scope)).filter(({ name }) => name === table.scope.name);
    await tx.query(`delete from ${twin.relation} where not (${quote(column)}::text = any($1::text[]))`, [
      ids.map(({ id }) => id),
    ]);
  }
  const shadowed = await shadowsFrom(tx, table, twin.relation);
  const names = table.columns.map(({ name }) => quote(name));
  const set = table.columns
    .filter(({ name }) => !table.key.includes(name))
    .map(({ name }) => `${quote(name)} = excluded.${quote(name)}`);
  const key = table.key.map(quote).join(', ');
  await tx.query(
    `insert into ${mainTarget(table).relation} (${names.join(', ')}) select ${names.join(', ')} from ${twin.relation} t
     where not exists (select from vibestack.shadow s where s.table_name = $1 and s.row_key = ${keyText(table)})
     on conflict (${key}) do ${set.length > 0 ? `update set ${set.join(', ')}` : 'nothing'}`,
    [table.name],
  );
  return shadowed;
}

/** Rows with pending ops take the staged row as their shadow. */
async function shadowsFrom(tx: Tx, table: SyncTable, relation: string): Promise<RowRef[]> {
  const columns = table.columns.map(({ name }) => `t.${quote(name)}::text as ${quote(name)}`).join(', ');
  const { rows } = await tx.query<Row & { '?key': string }>(
    `select ${keyText(table)} as "?key", ${columns} from ${relation} t join vibestack.shadow s
     on s.table_name = $1 and s.row_key = ${keyText(table)}`,
    [table.name],
  );
  const shadows = rows.map(({ '?key': key, ...row }) => ({ table: table.name, key, row: row }));
  await writeShadows(tx, shadows, false);
  return shadows;
}

const keyText = ({ key }: SyncTable): string => {
  const values = key.map((column) => `t.${quote(column)}::text`);
  return values.length === 1
    ? (values[0] as string)
    : `'[' || ${values.map((value) => `to_json(${value})::text`).join(` || ',' || `)} || ']'`;
};

/** Empties all tables before a snapshot replaces everything; pending rows wait for it with an absent shadow. */
export async function clearTables(tx: Tx, tables: ReadonlyMap<string, SyncTable>, changes: Changes): Promise<RowRef[]> {
  const names = [...tables.values()].map((table) => mainTarget(table).relation);
  await tx.exec(`truncate ${names.join(', ')}`);
  for (const name of tables.keys()) changes.all(name);
  const { rows } = await tx.query<{ table_name: string; row_key: string }>(
    `update vibestack.shadow set "row" = null returning table_name, row_key`,
  );
  return rows.map(({ table_name, row_key }) => ({ table: table_name, key: row_key }));
}
