import type { Relation, Tuple } from '@vibestack/replication';
import { SCOPE_NONE } from '@vibestack/sync-core';
import { scopeKey, type ScopeKey, type SyncTable } from '@vibestack/sync-types';
import { ReplicationProblem } from '../problems.ts';

/** How changes of one table, in one layout, are written into the log: made once, so that rows cost little. */
export interface TablePlan {
  readonly table: string;
  /** A change may change who belongs where. */
  readonly isMember: boolean;
  /** Columns of the table that this schema does not know. */
  readonly ignored: readonly string[];
  key(tuple: Tuple): string;
  scope(tuple: Tuple): ScopeKey;
  /** JSON of the columns that were sent. */
  row(tuple: Tuple): string;
  /** JSON of the key and of what differs. */
  changed(old: Tuple, tuple: Tuple): string;
  /** JSON of what the columns were that differ. */
  was(old: Tuple, tuple: Tuple): string;
  /** @throws {ReplicationProblem} a kept column was not sent, of a row that others will meet for the first time */
  requireWhole(tuple: Tuple): void;
  /** How a change begins, by operation, up to its key. */
  readonly prefix: Readonly<Record<'i' | 'u' | 'd' | 't', string>>;
}

interface Kept {
  readonly at: number;
  /** `"title":` */
  readonly label: string;
  readonly isKey: boolean;
}

/**
 * Matches a table's layout in the WAL to the schema by column names.
 *
 * A column that the schema does not know is left out, except in membership tables, whose rows are judged by all of
 * their values. One that it knows and that is missing stops the stream: clients would read its absence as `unchanged`.
 *
 * @throws {ReplicationProblem} `schema_mismatch`, or `replica_identity` when a deletion would not tell its scope (trap 8)
 */
export function planTable(table: SyncTable, relation: Relation, isMember: boolean): TablePlan {
  const at = new Map(relation.columns.map(({ name }, i) => [name, i]));
  const missing = table.columns.filter(({ name }) => !at.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new ReplicationProblem(
      'schema_mismatch',
      `Table ${table.name} sends no column ${missing.join(', ')}, which this version of the application knows.`,
      'Deploy the version that belongs to the database, or apply its migrations. A generated column is sent from Postgres 18 on.',
    );
  }
  requireIdentity(table, relation);
  const known = new Set(table.columns.map(({ name }) => name));
  const keyAt = table.key.map((name) => at.get(name) ?? -1);
  const kept = relation.columns.flatMap(({ name }, i): Kept[] =>
    isMember || known.has(name) ? [{ at: i, label: `${JSON.stringify(name)}:`, isKey: table.key.includes(name) }] : [],
  );
  const key = keyReader(table, keyAt);
  const prefix = (operation: string) => `{"o":"${operation}","t":${JSON.stringify(table.name)},"k":`;
  return {
    table: table.name,
    isMember,
    ignored: relation.columns.map(({ name }) => name).filter((name) => !known.has(name)),
    key,
    scope: scopeReader(table, at),
    row: (tuple) => writeRow(kept, tuple),
    changed: (old, tuple) => writeRow(kept, tuple, old),
    was: (old, tuple) =>
      writeRow(
        kept.filter(({ at: i }) => old[i] !== tuple[i]),
        old,
      ),
    requireWhole(tuple) {
      if (kept.every(({ at: i }) => tuple[i] !== undefined)) return;
      throw new ReplicationProblem(
        'replica_identity',
        `A row of ${table.name} changed its scope or key, and a long column of it was not sent.`,
        `Run: alter table ${table.name} replica identity full; then recreate the slot, for this change is in the WAL as it is.`,
      );
    },
    prefix: { i: prefix('i'), u: prefix('u'), d: prefix('d'), t: prefix('t') },
  };
}

function requireIdentity(table: SyncTable, relation: Relation): void {
  if (relation.replicaIdentity === 'full') return;
  const needed = [...table.key, ...(table.scope.column === undefined ? [] : [table.scope.column])];
  const identity = new Set(relation.columns.filter(({ partOfKey }) => partOfKey).map(({ name }) => name));
  const untold = needed.filter((name) => !identity.has(name));
  if (untold.length === 0) return;
  throw new ReplicationProblem(
    'replica_identity',
    `Deletions from ${table.name} would not tell ${untold.join(', ')}.`,
    `Give the table the replica identity that the migrations give it, or: alter table ${table.name} replica identity full;`,
  );
}

function keyReader(table: SyncTable, keyAt: readonly number[]): (tuple: Tuple) => string {
  const [only] = keyAt;
  if (keyAt.length === 1 && only !== undefined) return (tuple) => text(table, tuple[only]);
  return (tuple) => JSON.stringify(keyAt.map((i) => text(table, tuple[i])));
}

function scopeReader(table: SyncTable, at: ReadonlyMap<string, number>): (tuple: Tuple) => ScopeKey {
  const { name, column } = table.scope;
  if (column === undefined) {
    const everybody = scopeKey(name);
    return () => everybody;
  }
  const i = at.get(column) ?? -1;
  return (tuple) => {
    const id = tuple[i];
    return typeof id === 'string' ? scopeKey(name, id) : SCOPE_NONE;
  };
}

const text = (table: SyncTable, value: Tuple[number]): string => {
  if (typeof value === 'string') return value;
  throw new ReplicationProblem(
    'replica_identity',
    `A row of ${table.name} came without its key.`,
    `Its replica identity must have the key columns ${table.key.join(', ')}.`,
  );
};

/** @param old  with it, columns outside the key that are the same in it are left out */
function writeRow(kept: readonly Kept[], tuple: Tuple, old?: Tuple): string {
  let out = '';
  for (const { at, label, isKey } of kept) {
    const value = tuple[at];
    if (value === undefined || (old !== undefined && !isKey && old[at] === value)) continue;
    out += (out === '' ? '{' : ',') + label + (value === null ? 'null' : JSON.stringify(value));
  }
  return out === '' ? '{}' : `${out}}`;
}
