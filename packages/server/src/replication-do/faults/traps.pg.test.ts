/// <reference types="node" />
import { PgConnection, parsePgSnapshot, pgSql, sees, type SqlPort } from '@vibestack/replication';
import { connect } from '@vibestack/replication/node';
import { lsnFromPostgres, type SyncSchema } from '@vibestack/sync-types';
import { describe, expect, it, vi } from 'vitest';
import { ChangeLog } from '../log/change-log.ts';
import { MARKER_PREFIX } from '../markers.ts';
import { KINDS, idsTo, task, tasks, withDatabase } from '../testing/fixtures.ts';
import { schema } from '../testing/messages.ts';
import { allTypes, typesSchema, typesTable } from '../testing/types.ts';

const MIB = 1024 * 1024;

describe.each(KINDS)('over a %s', (kind) => {
  const db = withDatabase();
  const confirmed = async () =>
    lsnFromPostgres(
      (await db.ask(`select confirmed_flush_lsn::text from pg_replication_slots where slot_name = '${db.name}'`)) ?? '',
    );

  it('trap 1: nothing is acknowledged that is not durable, in an answer to a keepalive either', async () => {
    await db.run(`alter database ${db.name} set wal_sender_timeout = '200ms'`); // keepalives that ask for an answer
    const following = await db.follow(kind);
    const acknowledged: string[] = [];
    following.loseAt = (moment) => {
      if (moment === 'before acknowledging') acknowledged.push(following.log.end);
      return false;
    };
    for (let id = 1; id <= 5; id++) {
      await db.run(task(id));
      await following.untilLogged(id);
      following.crash();
      // What the server was told must have survived: it never delivers that again.
      expect((await confirmed()) <= (following.record.load()?.acked ?? '')).toBe(true);
      await following.ready();
    }
    await following.untilLogged(5);
    expect(following.ids()).toEqual(idsTo(5));
  });

  it('trap 2: in idle times the slot moves with the server', async () => {
    const following = await db.follow(kind);
    const before = await confirmed();
    await db.run(`insert into unrelated select n, 'x' from generate_series(1, 5000) n`);
    while ((await confirmed()) === before) {
      await following.advance(11_000);
      await db.run(`insert into unrelated values (0, '')`);
    }
    expect(following.log.end < (await confirmed())).toBe(true);
  });

  it('trap 3: transactions that interleave are logged in the order of their commits', async () => {
    const following = await db.follow(kind);
    const [first, second] = [await PgConnection.open(connect, db.url), await PgConnection.open(connect, db.url)];
    await first.simple(`begin; ${task(1)}`);
    await second.simple(`begin; ${task(2)}`);
    await first.simple(task(3));
    await second.simple(`${task(4)}; commit`);
    await first.simple(`${task(5)}; commit`);
    for (const one of [first, second]) await one.close();
    await following.untilLogged(5);
    expect(following.ids()).toEqual(['2', '4', '1', '3', '5']);
    expect(following.logged().map(({ lsn }) => lsn)).toEqual([...following.logged().map(({ lsn }) => lsn)].sort());
  });

  it('trap 4: an unchanged long value is left out, and is not NULL', async () => {
    const following = await db.follow(kind);
    await db.run(
      `insert into task values (1, 'p', repeat('x', 20000)), (2, 'p', repeat('x', 20000))`,
      `update task set project_id = project_id where id = 1`,
      `update task set title = null where id = 2`,
      task(3),
    );
    await following.untilLogged(3);
    const [, kept, nulled] = following.logged().map(({ changes }) => changes[0]?.r);
    expect(kept).toEqual({ id: '1', project_id: 'p' });
    expect(nulled).toEqual({ id: '2', project_id: 'p', title: null });
  });

  it('trap 5: a changed key is a deletion and an insertion, composite keys too', async () => {
    const following = await db.follow(kind);
    await db.run(
      `insert into member values ('p', 'u')`,
      `update member set user_id = 'v'`,
      task(1),
      `update task set id = 2`,
      task(3),
    );
    await following.untilLogged(3);
    expect(following.logged().map(({ changes }) => changes.map(({ o, k }) => `${o} ${k}`))).toEqual([
      ['i ["p","u"]'],
      ['d ["p","u"]', 'i ["p","v"]'],
      ['i 1'],
      ['d 1', 'i 2'],
      ['i 3'],
    ]);
  });

  it('trap 6: TRUNCATE and changes of the schema in mid-stream, within a transaction too', async () => {
    const following = await db.follow(kind);
    await db.run(
      task(1),
      `begin; ${task(2)}; alter table task add column late text default 'd'; ${task(3).replace(`'x')`, `'x', 'y')`)};
       truncate task; ${task(4)}; commit`,
      'alter table task drop column late',
      task(5),
    );
    await following.untilLogged(5);
    expect(following.logged().map(({ changes }) => changes.map(({ o, k }) => o + k))).toEqual([
      ['i1'],
      ['i2', 'i3', 't', 'i4'],
      ['i5'],
    ]);
    expect(following.logged()[1]?.changes[1]?.r).toEqual({ id: '3', project_id: 'p', title: 'x' });
  });

  it('trap 7: generated columns are published, and where they are not it is said', async () => {
    const [table] = schema.tables;
    if (!table) throw new Error('No table');
    const column = { name: 'loud', type: 'text', nullable: true, hasDefault: false, readOnly: true } as const;
    const generated: SyncSchema = {
      ...schema,
      tables: [{ ...table, columns: [...table.columns, column] }, ...schema.tables.slice(1)],
    };
    await db.run('alter table task add column loud text generated always as (upper(title)) stored');
    const following = await db.follow(kind, { schema: generated });
    await db.run(task(1));
    await following.untilLogged(1);
    expect(following.logged()[0]?.changes[0]?.r).toMatchObject({ title: 'x', loud: 'X' });
    await db.run('alter publication vibestack set (publish_generated_columns = none)', task(2));
    await following.untilFailed('schema_mismatch');
    expect(following.facts.problem?.message).toContain('loud');
  });

  it('trap 8: deletions and moves tell the scope that they leave', async () => {
    const following = await db.follow(kind);
    await db.run(
      task(1),
      task(2),
      `update task set project_id = 'q' where id = 1`,
      'delete from task where id = 2',
      task(3),
    );
    await following.untilLogged(3);
    expect(following.logged()[2]?.changes).toMatchObject([
      { o: 'u', s: 'project:q', p: 'project:p', r: { title: 'x' } },
    ]);
    expect(following.logged()[3]?.changes).toMatchObject([{ o: 'd', p: 'project:p' }]);
  });

  it('trap 9: memory does not grow with a transaction', async () => {
    const following = await db.follow(kind);
    let largest = 0;
    const apply = vi.spyOn(following.log, 'apply').mockImplementation((steps) => {
      largest = Math.max(
        largest,
        steps.reduce((sum, step) => sum + ('body' in step ? step.body.length : 0), 0),
      );
      return ChangeLog.prototype.apply.call(following.log, steps);
    });
    await db.run(tasks(1, 300_000, 60));
    await following.until(() => following.log.size.segments === 1, 'it is logged');
    expect(following.log.size.bytes).toBeGreaterThan(20 * MIB);
    expect(apply.mock.calls.length).toBeGreaterThan(40);
    expect(largest).toBeLessThan(2 * MIB);
    expect(following.facts.changes).toBe(300_000);
    await db.run(task(0));
    await following.until(() => following.log.size.segments === 2, 'it goes on');
  });

  it('trap 10: a slot that is gone is made anew, in a new epoch that says why', async () => {
    const following = await db.follow(kind);
    const { epoch } = following;
    await following.follower.stop();
    await db.run(`select pg_drop_replication_slot('${db.name}')`);
    await following.ready();
    expect(following.epoch).not.toBe(epoch);
    expect(following.facts).toMatchObject({ state: 'following', newEpochReason: 'the replication slot is gone' });
  });

  it('trap 11: a snapshot and what the log has beside it, up to its marker, make the table', async () => {
    const following = await db.follow(kind);
    let goesOn = true;
    let last = 0;
    const writers = [0, 1].map(async (writer) => {
      const connection = await PgConnection.open(connect, db.url);
      for (let i = 0; goesOn; i++) {
        const id = i * 2 + writer + 1;
        await connection.simple(task(id));
        last = Math.max(last, id);
      }
      await connection.close();
    });
    const reader = await PgConnection.open(connect, db.url);
    const other: SqlPort = pgSql(connect, db.url);
    for (let i = 0; i < 8; i++) {
      await following.until(() => following.log.end > '0' && following.facts.changes > i * 20, 'there are writes');
      await reader.simple('begin isolation level repeatable read');
      const [[text]] = (await reader.simple('select pg_current_snapshot()::text')).rows as [[string]];
      const rows = (await reader.simple('select id from task')).rows.map(([id]) => String(id));
      await reader.simple('commit');
      const content = JSON.stringify({ nonce: `n${i}`, userId: 'u' });
      await other.query(`select pg_logical_emit_message(true, $1, $2)::text`, [MARKER_PREFIX, content]);
      await following.until(() => following.log.marker(`n${i}`) !== null, 'the marker is there');
      const at = following.log.marker(`n${i}`)?.lsn ?? '';
      const snapshot = parsePgSnapshot(text);
      const inLog = following.logged().filter(({ lsn }) => lsn <= at);
      const unseen = inLog
        .filter(({ xid }) => !sees(snapshot, BigInt(xid)))
        .flatMap(({ changes }) => changes.map(({ k }) => k));
      const all = inLog.flatMap(({ changes }) => changes.map(({ k }) => k));
      expect([...rows, ...unseen].sort()).toEqual(all.sort());
    }
    goesOn = false;
    await Promise.all(writers);
    await reader.close();
    await other.close();
    expect(last).toBeGreaterThan(20);
  });

  it('trap 12: values are logged exactly as Postgres prints them', async () => {
    await db.run(...typesTable);
    const following = await db.follow(kind, { schema: typesSchema });
    const columns = Object.keys(allTypes);
    await db.run(`insert into every_type values (1, 'p', ${Object.values(allTypes).join(', ')})`, task(1));
    await following.untilLogged(1);
    const sql = pgSql(connect, db.url);
    const [printed = []] = await sql.query(`select ${columns.join(', ')} from every_type`);
    await sql.close();
    const { id, project_id: scope, ...logged } = following.logged()[0]?.changes[0]?.r ?? {};
    expect([id, scope]).toEqual(['1', 'p']);
    expect(logged).toEqual(Object.fromEntries(columns.map((name, i) => [name, printed[i]])));
  });
});
