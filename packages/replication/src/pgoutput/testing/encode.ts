import type { PgoutputMessage, Relation, Tuple, Value } from '../messages.ts';

const EPOCH = 946_684_800_000_000n;
const utf8 = new TextEncoder();

export const u8 = (n: number): number[] => [n & 255];
export const u16 = (n: number): number[] => [(n >> 8) & 255, n & 255];
export const u32 = (n: number): number[] => [...u16(n >>> 16), ...u16(n & 0xffff)];
export const u64 = (n: bigint): number[] => [
  ...u32(Number((n >> 32n) & 0xffff_ffffn)),
  ...u32(Number(n & 0xffff_ffffn)),
];
export const letter = (c: string): number[] => [c.charCodeAt(0)];
export const cstring = (s: string): number[] => [...utf8.encode(s), 0];
export const bytes = (...parts: number[][]): Uint8Array => new Uint8Array(parts.flat());

const time = (unix: bigint) => u64(BigInt.asUintN(64, unix - EPOCH));
const sized = (content: Uint8Array) => [...u32(content.length), ...content];

function value(v: Value): number[] {
  if (v === undefined) return letter('u');
  if (v === null) return letter('n');
  return typeof v === 'string' ? [...letter('t'), ...sized(utf8.encode(v))] : [...letter('b'), ...sized(v)];
}

export const tuple = (values: Tuple): number[] => [...u16(values.length), ...values.flatMap(value)];

/** An old tuple as the server sends it: of a key, columns outside the identity are null. */
function oldTuple(kind: 'key' | 'full', relation: Relation, old: Tuple): number[] {
  if (kind === 'full') return [...letter('O'), ...tuple(old)];
  return [...letter('K'), ...tuple(old.map((v, i) => (relation.columns[i]?.partOfKey ? v : null)))];
}

const identities = { default: 'd', nothing: 'n', full: 'f', index: 'i' } as const;

function relationFields({ id, schema, name, replicaIdentity, columns }: Relation): number[] {
  return [
    ...u32(id),
    ...cstring(schema),
    ...cstring(name),
    ...letter(identities[replicaIdentity]),
    ...u16(columns.length),
    ...columns.flatMap((column) => [
      ...u8(column.partOfKey ? 1 : 0),
      ...cstring(column.name),
      ...u32(column.typeOid),
      ...u32(column.typeModifier),
    ]),
  ];
}

/** A message as pgoutput writes it. */
export function encode(m: PgoutputMessage): Uint8Array {
  const xid = 'xid' in m ? u32(m.xid) : [];
  switch (m.kind) {
    case 'begin':
      return bytes(letter('B'), u64(m.finalLsn), time(m.commitTime), xid);
    case 'commit':
      return bytes(letter('C'), u8(0), u64(m.commitLsn), u64(m.endLsn), time(m.commitTime));
    case 'origin':
      return bytes(letter('O'), u64(m.lsn), cstring(m.name));
    case 'relation':
      return bytes(letter('R'), xid, relationFields(m.relation));
    case 'type':
      return bytes(letter('Y'), xid, u32(m.id), cstring(m.schema), cstring(m.name));
    case 'insert':
      return bytes(letter('I'), xid, u32(m.relation.id), letter('N'), tuple(m.row));
    case 'update': {
      const old = m.oldKind === null || m.old === null ? [] : oldTuple(m.oldKind, m.relation, m.old);
      return bytes(letter('U'), xid, u32(m.relation.id), old, letter('N'), tuple(m.row));
    }
    case 'delete':
      return bytes(letter('D'), xid, u32(m.relation.id), oldTuple(m.oldKind, m.relation, m.old));
    case 'truncate': {
      const options = (m.cascade ? 1 : 0) | (m.restartIdentity ? 2 : 0);
      return bytes(letter('T'), xid, u32(m.relations.length), u8(options), ...m.relations.map(({ id }) => u32(id)));
    }
    case 'message':
      return bytes(letter('M'), xid, u8(m.transactional ? 1 : 0), u64(m.lsn), cstring(m.prefix), sized(m.content));
    case 'stream-start':
      return bytes(letter('S'), xid, u8(m.first ? 1 : 0));
    case 'stream-stop':
      return bytes(letter('E'));
    case 'stream-commit':
      return bytes(letter('c'), xid, u8(0), u64(m.commitLsn), u64(m.endLsn), time(m.commitTime));
    case 'stream-abort':
      return bytes(letter('A'), xid, u32(m.subxid));
    default: {
      const never: never = m;
      return never;
    }
  }
}
