import { lsnFromBigInt, scopeKey } from '@vibestack/sync-types';
import type { PgoutputMessage } from '@vibestack/replication';
import { describe, expect, it } from 'vitest';
import { bodyText, decodeBodies } from '../log/bodies.ts';
import { MEMBER, TASK, begin, block, commit, insert, relationOf, schema, streamCommit } from '../testing/messages.ts';
import { Assembler } from './assembler.ts';
import { SCOPE_ALL, type LogStep } from './steps.ts';

const assemble = (...messages: PgoutputMessage[]): LogStep[] => {
  const assembler = new Assembler(schema, 750n);
  for (const message of messages) assembler.push(message);
  return assembler.take(true);
};
const published = (steps: readonly LogStep[]) =>
  steps.flatMap((step) => (step.do === 'publish' ? [{ ...step.head, body: step.body, staged: step.staged }] : []));
const changes = (...messages: PgoutputMessage[]) =>
  decodeBodies(
    published(assemble(begin(10n), ...messages, commit(10n))).map(({ transaction, body }) =>
      bodyText(transaction, body),
    ),
  ).flatMap((one) => one.changes);
const update = (old: string[], row: (string | undefined)[]): PgoutputMessage => ({
  kind: 'update',
  relation: TASK,
  oldKind: 'full',
  old,
  row,
});

describe('the assembler', () => {
  it('puts whole transactions into one segment, acknowledged at the end of the last', () => {
    const [segment, ...more] = published(
      assemble(begin(10n), insert(['1', 'a', 'x']), commit(10n), begin(20n, 701), insert(['2', 'b', 'x']), commit(20n)),
    );
    expect(more).toEqual([]);
    expect(segment).toMatchObject({
      from: lsnFromBigInt(10n),
      to: lsnFromBigInt(20n),
      end: lsnFromBigInt(28n),
      minXid: 700n,
      maxXid: 701n,
      changes: 2,
    });
    expect([...(segment?.scopes ?? [])]).toEqual([scopeKey('project', 'a'), scopeKey('project', 'b')]);
  });

  it('hands over nothing of a transaction that is not committed', () => {
    expect(assemble(begin(10n), insert(['1', 'a', 'x']))).toEqual([]);
  });

  it('keeps aside what is large, until its commit', () => {
    const steps = assemble(
      begin(5n),
      insert(['0', 'a', 'x']),
      commit(5n),
      begin(10n, 701),
      ...Array.from({ length: 40 }, (_, i) => insert([String(i), 'a', 'y'.repeat(20_000)])),
      commit(10n),
    );
    expect(steps.map((step) => step.do)).toEqual(['stage', 'stage', 'publish', 'publish']);
    const [small, large] = published(steps);
    expect(small).toMatchObject({ staged: null, changes: 1, to: lsnFromBigInt(5n) });
    expect(large).toMatchObject({ staged: 701, changes: 40, to: lsnFromBigInt(10n) });
  });

  it('a streamed transaction is history at its commit, in the order of commits', () => {
    const steps = assemble(
      ...block(701, insert(['1', 'a', 'streamed'], 701)),
      begin(10n, 702),
      insert(['2', 'a', 'between']),
      commit(10n),
      ...block(701, insert(['3', 'a', 'streamed'], 701)),
      streamCommit(701, 20n),
    );
    const [segment] = published(steps);
    const transactions = decodeBodies([bodyText(null, segment?.body ?? '')]);
    expect(transactions.map(({ xid, changes: { length } }) => [xid, length])).toEqual([
      ['702', 1],
      ['701', 2],
    ]);
  });

  it('what a subtransaction did that was rolled back is not told, nor what a transaction did', () => {
    const steps = assemble(
      ...block(701, insert(['1', 'a', 'kept'], 701), insert(['2', 'a', 'rolled back'], 703)),
      { kind: 'stream-abort', xid: 701, subxid: 703 },
      ...block(704, insert(['3', 'a', 'rolled back'], 704)),
      { kind: 'stream-abort', xid: 704, subxid: 704 },
      streamCommit(701, 20n),
      streamCommit(704, 30n),
    );
    expect(
      published(steps)
        .map(({ body }) => body)
        .join(),
    ).not.toContain('rolled back');
    expect(published(steps)).toHaveLength(1);
  });

  it('a move to another scope is told whole and touches both; other updates are told by what changed', () => {
    expect(changes(update(['1', 'a', 'x'], ['1', 'b', 'x']))).toEqual([
      { o: 'u', t: 'task', k: '1', p: 'project:a', s: 'project:b', r: { id: '1', project_id: 'b', title: 'x' } },
    ]);
    expect(changes(update(['1', 'a', 'x'], ['1', 'a', 'y']))).toEqual([
      { o: 'u', t: 'task', k: '1', p: 'project:a', s: 'project:a', r: { id: '1', title: 'y' } },
    ]);
  });

  it('a changed primary key is a deletion and an insertion', () => {
    expect(changes(update(['1', 'a', 'x'], ['2', 'a', 'x'])).map(({ o, k }) => o + k)).toEqual(['d1', 'i2']);
  });

  it('an unchanged TOAST value is not told, and stops a move of its row', () => {
    const relation = relationOf('task', ['id', 'project_id', 'title'], ['id', 'project_id']);
    const patch: PgoutputMessage = { kind: 'update', relation, oldKind: null, old: null, row: ['1', 'a', undefined] };
    expect(changes(patch)[0]?.r).toEqual({ id: '1', project_id: 'a' });
    const move: PgoutputMessage = {
      kind: 'update',
      relation,
      oldKind: 'key',
      old: ['1', 'a', undefined],
      row: ['1', 'b', undefined],
    };
    expect(() => changes(move)).toThrow(expect.objectContaining({ code: 'replica_identity' }));
  });

  it('a truncate concerns everybody, and so does who belongs where', () => {
    const truncate: PgoutputMessage = { kind: 'truncate', relations: [TASK], cascade: false, restartIdentity: false };
    for (const message of [truncate, insert(['a', 'ann'], undefined, MEMBER)]) {
      const [segment] = published(assemble(begin(10n), message, commit(10n)));
      expect(segment?.scopes.has(SCOPE_ALL)).toBe(true);
    }
  });

  it('a transaction in which nothing is ours leaves no entry, but may be acknowledged', () => {
    const assembler = new Assembler(schema, 750n);
    for (const message of [begin(10n), insert(['1'], undefined, relationOf('job', ['id'])), commit(10n)]) {
      assembler.push(message);
    }
    expect(assembler.take(true)).toEqual([]);
    expect(assembler.passed).toBe(18n);
    expect(assembler.isLevel).toBe(true);
  });
});

describe('layouts in mid-stream', () => {
  const relation = (names: readonly string[], identity: 'full' | readonly string[] = 'full'): PgoutputMessage => ({
    kind: 'relation',
    relation: relationOf('task', names, identity),
  });

  it('an unknown column is left out, and said', () => {
    const said: string[] = [];
    const assembler = new Assembler(schema, 750n, (table, columns) => said.push(`${table}: ${columns.join()}`));
    const wider = relationOf('task', ['id', 'added', 'project_id', 'title']);
    for (const message of [begin(10n), insert(['1', 'new', 'a', 'x'], undefined, wider), commit(10n)]) {
      assembler.push(message);
    }
    const [segment] = published(assembler.take(true));
    expect(segment?.body).toContain('"r":{"id":"1","project_id":"a","title":"x"}');
    expect(said).toEqual(['task: added']);
  });

  it('a missing column stops the stream, with the column’s name', () => {
    expect(() => assemble(relation(['id', 'project_id']))).toThrow(
      expect.objectContaining({ code: 'schema_mismatch', message: expect.stringContaining('title') as string }),
    );
  });

  it('deletes with key identity must tell the scope: otherwise the stream stops', () => {
    expect(() => assemble(relation(['id', 'project_id', 'title'], ['id']))).toThrow(
      expect.objectContaining({ code: 'replica_identity' }),
    );
  });

  it('columns are matched by name: their order does not matter', () => {
    const turned = relationOf('task', ['title', 'id', 'project_id']);
    expect(changes(insert(['x', '1', 'a'], undefined, turned))[0]).toMatchObject({
      k: '1',
      s: 'project:a',
      r: { id: '1', project_id: 'a', title: 'x' },
    });
  });
});
