import fc from 'fast-check';
import type { PgoutputMessage, Relation, Tuple, Value } from '../messages.ts';

/** Distributes over a union, where `Omit` would merge its members. */
type WithoutXid<M> = M extends { readonly xid?: number } ? Omit<M, 'xid'> : never;
type Change = Extract<
  PgoutputMessage,
  { kind: 'relation' | 'type' | 'insert' | 'update' | 'delete' | 'truncate' | 'message' }
>;

/** With the prototype of an object literal, as decoded messages have. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(fields, { noNullPrototype: true });

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.nat({ max: 0xffff_ffff });
const xid = fc.integer({ min: 1, max: 0xffff_ffff });
const lsn = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const time = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
/** Without zeros, which no string of Postgres has; with whatever else UTF-8 can carry. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii' }),
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 60, maxLength: 70 }),
  )
  .map((s) => s.replaceAll('\0', '0'));
const namespace = text.filter((s) => s !== '');
const binary = fc.uint8Array({ maxLength: 80 });

const value: fc.Arbitrary<Value> = fc.oneof(text, text, binary, fc.constant(null), fc.constant(undefined));

const relation: fc.Arbitrary<Relation> = record({
  id: uint32,
  schema: namespace,
  name: text,
  replicaIdentity: fc.constantFrom('default', 'nothing', 'full', 'index'),
  columns: fc.array(record({ partOfKey: fc.boolean(), name: text, typeOid: uint32, typeModifier: int32 }), {
    maxLength: 6,
  }),
});

const tupleOf = ({ columns }: Relation): fc.Arbitrary<Tuple> => fc.tuple(...columns.map(() => value));

const keyOf = (of: Relation): fc.Arbitrary<Tuple> =>
  tupleOf(of).map((tuple) => tuple.map((v, i) => (of.columns[i]?.partOfKey ? v : undefined)));

const fill = (row: Tuple, old: Tuple): Tuple => row.map((v, i) => (v === undefined ? old[i] : v));

const changeOf = (of: Relation): fc.Arbitrary<WithoutXid<Change>> => {
  const row = tupleOf(of);
  const base = { relation: fc.constant(of) };
  return fc.oneof(
    record({ kind: fc.constant('relation' as const), ...base }),
    record({ kind: fc.constant('type' as const), id: uint32, schema: namespace, name: text }),
    record({ kind: fc.constant('insert' as const), ...base, row }),
    record({
      kind: fc.constant('update' as const),
      ...base,
      oldKind: fc.constant(null),
      old: fc.constant(null),
      row,
    }),
    record({
      kind: fc.constant('update' as const),
      ...base,
      oldKind: fc.constant('key' as const),
      old: keyOf(of),
      row,
    }),
    record({ kind: fc.constant('update' as const), ...base, oldKind: fc.constant('full' as const), old: row, row }).map(
      (update) => ({ ...update, row: fill(update.row, update.old) }),
    ),
    record({ kind: fc.constant('delete' as const), ...base, oldKind: fc.constant('key' as const), old: keyOf(of) }),
    record({ kind: fc.constant('delete' as const), ...base, oldKind: fc.constant('full' as const), old: row }),
    record({
      kind: fc.constant('truncate' as const),
      relations: fc.array(fc.constant(of), { maxLength: 3 }),
      cascade: fc.boolean(),
      restartIdentity: fc.boolean(),
    }),
    record({
      kind: fc.constant('message' as const),
      transactional: fc.boolean(),
      lsn,
      prefix: text,
      content: binary,
    }),
  );
};

const changes = relation.chain((of) =>
  fc
    .array(changeOf(of), { maxLength: 6 })
    .map((list): WithoutXid<Change>[] => [{ kind: 'relation', relation: of }, ...list]),
);

const origin = record({ kind: fc.constant('origin' as const), lsn, name: text });

const plain = fc
  .tuple(
    record({ kind: fc.constant('begin' as const), finalLsn: lsn, commitTime: time, xid: uint32 }),
    fc.option(origin, { nil: undefined }),
    changes,
    record({ kind: fc.constant('commit' as const), commitLsn: lsn, endLsn: lsn, commitTime: time }),
  )
  .map(([begin, from, list, commit]): PgoutputMessage[] => [begin, ...(from ? [from] : []), ...list, commit]);

const streamed = record({
  xid,
  subxid: xid,
  blocks: fc.array(changes, { minLength: 1, maxLength: 3 }),
  end: record({ commitLsn: lsn, endLsn: lsn, commitTime: time }),
  aborts: fc.boolean(),
}).map(({ xid, subxid, blocks, end, aborts }): PgoutputMessage[] => [
  ...blocks.flatMap((list, i): PgoutputMessage[] => [
    { kind: 'stream-start', xid, first: i === 0 },
    ...list.map((change): Change => ({ ...change, xid: subxid })),
    { kind: 'stream-stop' },
  ]),
  ...(subxid === xid ? [] : [{ kind: 'stream-abort' as const, xid, subxid }]),
  aborts ? { kind: 'stream-abort', xid, subxid: xid } : { kind: 'stream-commit', xid, ...end },
]);

/** Messages of some transactions, in an order in which a server may send them. Every kind occurs. */
export const messages: fc.Arbitrary<PgoutputMessage[]> = fc
  .array(fc.oneof(plain, streamed), { minLength: 1, maxLength: 3 })
  .map((transactions) => transactions.flat());
