/** A value as Postgres prints it, or null; a missing column is an unchanged TOAST value. */
export type TextRow = Readonly<Record<string, string | null>>;

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
 * Messages of pgoutput, protocol version 1
 * (https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html).
 *
 * LSNs are 64-bit numbers; times are microseconds since the Unix epoch.
 */
export type PgoutputMessage =
  | { readonly kind: 'begin'; readonly finalLsn: bigint; readonly commitTime: bigint; readonly xid: number }
  | { readonly kind: 'commit'; readonly commitLsn: bigint; readonly endLsn: bigint; readonly commitTime: bigint }
  | { readonly kind: 'origin'; readonly lsn: bigint; readonly name: string }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'type'; readonly id: number; readonly schema: string; readonly name: string }
  | { readonly kind: 'insert'; readonly relation: Relation; readonly row: TextRow }
  | {
      readonly kind: 'update';
      readonly relation: Relation;
      /** `key`: identity columns only; `full`: the whole old row; null: the identity did not change. */
      readonly oldKind: 'key' | 'full' | null;
      readonly old: TextRow | null;
      /** Unchanged TOAST values are filled in from a full old row, and missing otherwise. */
      readonly row: TextRow;
    }
  | { readonly kind: 'delete'; readonly relation: Relation; readonly oldKind: 'key' | 'full'; readonly old: TextRow }
  | {
      readonly kind: 'truncate';
      readonly relations: readonly Relation[];
      readonly cascade: boolean;
      readonly restartIdentity: boolean;
    }
  | {
      readonly kind: 'message';
      readonly transactional: boolean;
      readonly lsn: bigint;
      readonly prefix: string;
      readonly content: Uint8Array;
    };
