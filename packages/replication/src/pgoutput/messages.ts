/**
 * A column's value: as Postgres prints it, its binary form (only with `binary`), null, or `undefined` for an unchanged
 * TOAST value, which was not sent and is not null.
 */
export type Value = string | Uint8Array | null | undefined;

/** Values in the order of the relation's columns. */
export type Tuple = readonly Value[];

export interface RelationColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typeModifier: number;
  /** Part of the replica identity. */
  readonly partOfKey: boolean;
}

/** A table's layout, as the server announces it before its first change and after each DDL. */
export interface Relation {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  readonly columns: readonly RelationColumn[];
}

/**
 * Messages of pgoutput, protocol versions 1 and 2
 * (https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html).
 *
 * LSNs are 64-bit numbers; times are microseconds since the Unix epoch. `xid` of a change is the transaction or
 * subtransaction that made it, and is there only within a streamed block (between `stream-start` and `stream-stop`).
 */
export type PgoutputMessage =
  | { readonly kind: 'begin'; readonly finalLsn: bigint; readonly commitTime: bigint; readonly xid: number }
  | { readonly kind: 'commit'; readonly commitLsn: bigint; readonly endLsn: bigint; readonly commitTime: bigint }
  | { readonly kind: 'origin'; readonly lsn: bigint; readonly name: string }
  | { readonly kind: 'relation'; readonly relation: Relation; readonly xid?: number }
  | {
      readonly kind: 'type';
      readonly id: number;
      readonly schema: string;
      readonly name: string;
      readonly xid?: number;
    }
  | { readonly kind: 'insert'; readonly relation: Relation; readonly row: Tuple; readonly xid?: number }
  | {
      readonly kind: 'update';
      readonly relation: Relation;
      /** `key`: identity columns only, others undefined; `full`: the whole old row; null: the identity did not change. */
      readonly oldKind: 'key' | 'full' | null;
      readonly old: Tuple | null;
      /** Unchanged TOAST values are filled in from a full old row, and undefined otherwise. */
      readonly row: Tuple;
      readonly xid?: number;
    }
  | {
      readonly kind: 'delete';
      readonly relation: Relation;
      readonly oldKind: 'key' | 'full';
      /** Of a `key`, the columns outside the identity are undefined. */
      readonly old: Tuple;
      readonly xid?: number;
    }
  | {
      readonly kind: 'truncate';
      readonly relations: readonly Relation[];
      readonly cascade: boolean;
      readonly restartIdentity: boolean;
      readonly xid?: number;
    }
  | {
      readonly kind: 'message';
      readonly transactional: boolean;
      readonly lsn: bigint;
      readonly prefix: string;
      readonly content: Uint8Array;
      readonly xid?: number;
    }
  /** A block of a transaction that is still open; `first` at its first block. */
  | { readonly kind: 'stream-start'; readonly xid: number; readonly first: boolean }
  | { readonly kind: 'stream-stop' }
  | {
      readonly kind: 'stream-commit';
      readonly xid: number;
      readonly commitLsn: bigint;
      readonly endLsn: bigint;
      readonly commitTime: bigint;
    }
  /** Rolled back: the whole transaction when `subxid` is `xid`, else one subtransaction. */
  | { readonly kind: 'stream-abort'; readonly xid: number; readonly subxid: number };

/** A tuple by column name; columns that were not sent are missing. For places where speed does not matter. */
export function tupleToRow(relation: Relation, tuple: Tuple): Record<string, string | Uint8Array | null> {
  const row: Record<string, string | Uint8Array | null> = {};
  for (const [i, { name }] of relation.columns.entries()) {
    const value = tuple[i];
    if (value !== undefined) row[name] = value;
  }
  return row;
}
