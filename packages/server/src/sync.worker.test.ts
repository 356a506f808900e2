/// <reference types="@cloudflare/vitest-plugin/types" />
import { abortAllDurableObjects } from 'cloudflare:test';
import { CloseCode, type IntervalMessage, type ScopeKey } from '@vibestack/sync-types';
import { afterEach, describe, expect, it } from 'vitest';
import {
  TestClient,
  closeOf,
  openSocket,
  outside,
  personNamed,
  request,
  ticketFor,
  tokenFor,
} from './testing/client.ts';

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const live = async (name: string) => {
  const opened = await TestClient.live(name);
  clients.push(opened.client);
  return opened;
};
const reconnect = async (name: string, before: TestClient) => {
  const client = await TestClient.connect(name, before);
  clients.push(client);
  return client;
};

/** A task in a project of which both are members. */
const sharedTask = (skip = 0) =>
  outside(async (sql) => {
    const [row] = await sql.rows(
      `select t.id, t.title, t.project_id from task t where (
         select count(*) from member m join person p on p.id = m.user_id
         where m.project_id = t.project_id and p.name in ('Ann Adler', 'Bob Brandt') and m.role <> 'viewer') = 2
       order by t.id offset $1::int limit 1`,
      [String(skip)],
    );
    return { id: row?.['id'] ?? '', project: row?.['project_id'] ?? '', title: row?.['title'] ?? '' };
  });

const rename = (id: string, title: string) =>
  outside((sql) => sql.rows('update task set title = $2 where id = $1::text::uuid', [id, title]));
const titleOf = (id: string) =>
  outside(async (sql) => (await sql.rows('select title from task where id = $1::text::uuid', [id]))[0]?.['title']);
const touches = (id: string) => (interval: IntervalMessage) =>
  interval.transactions.some(({ changes }) => changes.some((change) => 'key' in change && change.key === id));
const resultOf = (id: number) => (interval: IntervalMessage) =>
  interval.transactions.some(({ results }) => results.some((result) => result.id === id));

describe('initial sync', () => {
  it('downloads exactly the rows of the person’s scopes, without hidden columns', async () => {
    const { client, rows } = await live('Ann Adler');
    const [expected] = await outside((sql) =>
      sql.rows(
        `select count(*)::text as n from task where project_id in (select project_id from member where user_id = $1::text::uuid)`,
        [client.userId],
      ),
    );
    expect(String(rows.get('task')?.split('\n').filter(Boolean).length)).toBe(expected?.['n']);
    expect(rows.get('person')).not.toContain('@');
  });

  it('stitches what commits between the snapshot and its place in the stream', async () => {
    const { id } = await sharedTask();
    const client = await TestClient.connect('Ann Adler');
    clients.push(client);
    const { gain } = await client.next('welcome');
    const { end, rows } = await client.snapshot(gain);
    await rename(id, 'after the snapshot');
    client.send({ type: 'staged', nonce: end.nonce });
    const admission = await client.until(({ admit }) => admit?.nonce === end.nonce);
    expect(rows.get('task')).not.toContain('after the snapshot');
    const later = admission.admit?.transactions.some(({ changes }) =>
      changes.some((change) => 'key' in change && change.key === id),
    );
    if (!later) await client.until(touches(id));
  });

  it('a snapshot made for somebody else is not let in', async () => {
    const { client: ann } = await live('Ann Adler');
    const { end } = await ann.snapshot(ann.scopes);
    const bob = await TestClient.connect('Bob Brandt');
    clients.push(bob);
    await bob.next('welcome');
    const closed = closeOf(bob.socket);
    bob.send({ type: 'staged', nonce: end.nonce });
    expect((await bob.next('error')).code).toBe('not_your_snapshot');
    expect((await closed).code).toBe(CloseCode.forbidden);
  });
});

describe('live sync', () => {
  it('a change by any SQL client reaches those who may see it, as one gapless history', async () => {
    const [{ client: ann }, { client: bob }] = [await live('Ann Adler'), await live('Bob Brandt')];
    const { id } = await sharedTask(1);
    await rename(id, 'one');
    await rename(id, 'two');
    for (const client of [ann, bob]) {
      const seen: unknown[] = [];
      while (!seen.includes('two')) {
        const { transactions } = await client.until(touches(id));
        seen.push(
          ...transactions.flatMap(({ changes }) =>
            changes.flatMap((change) => ('row' in change ? change.row['title'] : [])),
          ),
        );
      }
      expect(seen).toEqual(['one', 'two']);
    }
  });

  it('goes on over the loss of every Durable Object, from the client’s position, with nothing missing or twice', async () => {
    const { client: before } = await live('Ann Adler');
    const { id } = await sharedTask(2);
    await rename(id, 'before');
    await before.until(touches(id));
    before.close();
    await rename(id, 'meanwhile 1');
    await abortAllDurableObjects();
    await rename(id, 'meanwhile 2');
    const client = await reconnect('Ann Adler', before);
    expect(await client.next('welcome')).toMatchObject({ reset: false, gain: [], lose: [] });
    const seen: unknown[] = [];
    while (!seen.includes('meanwhile 2')) {
      const { transactions } = await client.until(touches(id));
      seen.push(
        ...transactions.flatMap(({ changes }) =>
          changes.flatMap((change) => ('row' in change ? change.row['title'] : [])),
        ),
      );
    }
    expect(seen).toEqual(['meanwhile 1', 'meanwhile 2']);
  });

  it('a client of another epoch replaces its scopes', async () => {
    const { client: before } = await live('Ann Adler');
    before.position = before.position && { ...before.position, epoch: 'another' as typeof before.position.epoch };
    const client = await reconnect('Ann Adler', before);
    const welcome = await client.next('welcome');
    expect(welcome.reset).toBe(true);
    expect([...welcome.gain].sort()).toEqual([...before.scopes].sort());
  });
});

describe('membership', () => {
  const withBob = (work: (projectId: string, userId: string) => Promise<void>) => async () => {
    const userId = await personNamed('Bob Brandt');
    const [project] = await outside((sql) =>
      sql.rows(
        `select id from project where id not in (select project_id from member where user_id = $1::text::uuid) order by id limit 1`,
        [userId],
      ),
    );
    await work(project?.['id'] ?? '', userId);
  };
  const join = (project: string, user: string) =>
    outside((sql) =>
      sql.rows(
        `insert into member (id, project_id, user_id, role, display_name) values (gen_random_uuid(), $1::text::uuid, $2::text::uuid, 'viewer', 'Bob')`,
        [project, user],
      ),
    );
  const leave = (project: string, user: string) =>
    outside((sql) =>
      sql.rows('delete from member where project_id = $1::text::uuid and user_id = $2::text::uuid', [project, user]),
    );

  it(
    'gained while connected brings the scope, lost takes it and everything after',
    withBob(async (project, user) => {
      const { client } = await live('Bob Brandt');
      await join(project, user);
      const { scopes } = await client.next('gain');
      expect(scopes).toEqual([`project:${project}`]);
      expect((await client.download(scopes)).get('project')).toContain(project);
      await leave(project, user);
      expect((await client.next('lose')).scopes).toEqual(scopes);
      const secret = crypto.randomUUID();
      await outside((sql) =>
        sql.rows('insert into task (id, project_id, title) values (gen_random_uuid(), $1::text::uuid, $2)', [
          project,
          secret,
        ]),
      );
      const { id } = await sharedTask(3);
      await rename(id, `seen ${secret.slice(0, 4)}`);
      const shown = await client.until(touches(id));
      expect(JSON.stringify([shown, client.received])).not.toContain(secret);
    }),
  );

  it(
    'that ends and comes back at once shows nothing of what was written between',
    withBob(async (project, user) => {
      await join(project, user);
      const { client } = await live('Bob Brandt');
      const secret = crypto.randomUUID();
      await leave(project, user);
      await outside((sql) =>
        sql.rows('insert into task (id, project_id, title) values (gen_random_uuid(), $1::text::uuid, $2)', [
          project,
          secret,
        ]),
      );
      await join(project, user);
      const { id } = await sharedTask(3);
      await rename(id, `after ${secret.slice(0, 4)}`);
      await client.until(touches(id));
      expect(JSON.stringify(client.told)).not.toContain(secret);
      client.close();
      // What it may have now comes by a download, as of now.
      const { client: again, rows } = await live('Bob Brandt');
      expect(rows.get('task')).toContain(secret);
      again.close();
      await leave(project, user);
    }),
  );

  it(
    'that changes its role goes on without a download',
    withBob(async (project, user) => {
      await join(project, user);
      const { client } = await live('Bob Brandt');
      await outside((sql) =>
        sql.rows(`update member set role = 'editor' where project_id = $1::text::uuid and user_id = $2::text::uuid`, [
          project,
          user,
        ]),
      );
      const { id } = await sharedTask(3);
      await rename(id, 'after the role');
      await client.until(touches(id));
      expect(client.told.filter(({ type }) => type === 'lose' || type === 'gain')).toEqual([]);
      await leave(project, user);
    }),
  );

  it(
    'that ended and came back while away is a loss and a gain',
    withBob(async (project, user) => {
      await join(project, user);
      const { client: before } = await live('Bob Brandt');
      before.close();
      await leave(project, user);
      await join(project, user);
      const client = await reconnect('Bob Brandt', before);
      const welcome = await client.next('welcome');
      const scope = `project:${project}` as ScopeKey;
      expect(welcome.lose).toContain(scope);
      expect(welcome.gain).toContain(scope);
      expect(welcome.keep).not.toContain(scope);
      await leave(project, user);
    }),
  );
});

describe('a pushed mutation', () => {
  it('is written once, however often it is pushed, and its result arrives in the stream', async () => {
    const { client } = await live('Ann Adler');
    const { project } = await sharedTask(4);
    const id = crypto.randomUUID();
    const mutation = client.push({
      op: 'insert',
      table: 'task',
      key: id,
      row: { id, project_id: project, title: 'mine' },
    });
    client.send({ type: 'push', mutations: [mutation] });
    client.send({ type: 'push', mutations: [mutation] });
    const interval = await client.until(resultOf(mutation.id));
    const [transaction] = interval.transactions.filter(({ results }) => results.length > 0);
    expect(transaction?.results).toMatchObject([{ id: mutation.id, outcome: 'accepted' }]);
    expect(transaction?.changes).toMatchObject([{ op: 'put', key: id, row: { title: 'mine' } }]);
    expect(await titleOf(id)).toBe('mine');
  });

  it('a newer write by somebody else wins its column, and only that', async () => {
    const { client } = await live('Ann Adler');
    const { id } = await sharedTask(5);
    const old = client.push({ op: 'patch', table: 'task', key: id, row: { title: 'first' } });
    await client.until(resultOf(old.id));
    await rename(id, 'by SQL, later');
    const hlc = old.hlc; // written before the SQL update was seen
    const late = {
      ...old,
      id: old.id + 1,
      hash: 'b'.repeat(64),
      hlc,
      ops: [{ op: 'patch' as const, table: 'task', key: id, row: { title: 'late', priority: '3' } }],
    };
    client.send({ type: 'push', mutations: [late] });
    await client.until(resultOf(late.id));
    const [row] = await outside((sql) =>
      sql.rows('select title, priority::text from task where id = $1::text::uuid', [id]),
    );
    expect(row).toEqual({ title: 'by SQL, later', priority: '3' });
  });

  it.each([
    [
      'a row that does not exist',
      () => ({ op: 'patch', table: 'task', key: crypto.randomUUID(), row: { title: 'x' } }) as const,
      'row_missing',
    ],
    [
      'a row that is not visible',
      async (user: string) => {
        const [row] = await outside((sql) =>
          sql.rows(
            'select id from task where project_id not in (select project_id from member where user_id = $1::text::uuid) limit 1',
            [user],
          ),
        );
        return { op: 'patch', table: 'task', key: row?.['id'] ?? '', row: { title: 'x' } } as const;
      },
      'row_missing',
    ],
    [
      'a value that a check refuses',
      async () => ({ op: 'patch', table: 'task', key: (await sharedTask(6)).id, row: { status: 'never' } }) as const,
      'check_violation',
    ],
    [
      'a value of the wrong form',
      async () => ({ op: 'patch', table: 'task', key: (await sharedTask(6)).id, row: { priority: 'high' } }) as const,
      'invalid_value',
    ],
    [
      'a hidden column',
      async () => ({ op: 'patch', table: 'task', key: (await sharedTask(6)).id, row: { cost: '1' } }) as const,
      'invalid_value',
    ],
    ['an unknown table', () => ({ op: 'delete', table: 'pg_authid', key: 'x' }) as const, 'unknown_table'],
    [
      'a right that nobody gave',
      async (user: string) => {
        const [row] = await outside((sql) =>
          sql.rows(
            'select id from project where id not in (select project_id from member where user_id = $1::text::uuid) limit 1',
            [user],
          ),
        );
        const id = crypto.randomUUID();
        const member = { id, project_id: row?.['id'] ?? '', user_id: user, role: 'owner', display_name: 'me' };
        return { op: 'insert', table: 'member', key: id, row: member } as const;
      },
      'forbidden',
    ],
  ])('is rejected for %s, and the next one goes on', async (_, make, code) => {
    const { client } = await live('Ann Adler');
    const bad = client.push(await make(client.userId));
    const rejected = await client.until(resultOf(bad.id));
    const result = rejected.transactions.flatMap(({ results }) => results).find(({ id }) => id === bad.id);
    expect(result).toMatchObject({ outcome: 'rejected', error: { code } });
    const { id } = await sharedTask(7);
    const good = client.push({ op: 'patch', table: 'task', key: id, row: { title: `after ${code}` } });
    await client.until(resultOf(good.id));
    expect(await titleOf(id)).toBe(`after ${code}`);
  });

  it('may create a project, its membership and a task together, and is shown them without a download', async () => {
    const { client } = await live('Ann Adler');
    const [project, member, task] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const made = client.push(
      { op: 'insert', table: 'project', key: project, row: { id: project, name: 'New' } },
      {
        op: 'insert',
        table: 'member',
        key: member,
        row: { id: member, project_id: project, user_id: client.userId, role: 'owner', display_name: 'Ann' },
      },
      { op: 'insert', table: 'task', key: task, row: { id: task, project_id: project, title: 'first' } },
    );
    const interval = await client.until(resultOf(made.id));
    expect(interval.admit).toEqual({ nonce: null, scopes: [`project:${project}`], transactions: [] });
    const keys = interval.transactions.flatMap(({ changes }) =>
      changes.flatMap((change) => ('key' in change ? change.key : [])),
    );
    expect(keys.sort()).toEqual([project, member, task].sort());
  });

  it('under another person’s client id closes the socket for good', async () => {
    const { client: ann } = await live('Ann Adler');
    const { id } = await sharedTask(8);
    await ann.until(resultOf(ann.push({ op: 'patch', table: 'task', key: id, row: { title: 'x' } }).id));
    const thief = await TestClient.connect('Bob Brandt', ann);
    clients.push(thief);
    expect((await closeOf(thief.socket)).code).toBe(CloseCode.forbidden);
  });
});

describe('the door', () => {
  it('opens once for a ticket', async () => {
    const ticket = await ticketFor(await tokenFor(await personNamed('Ann Adler')));
    const first = await openSocket(ticket);
    const second = await closeOf(await openSocket(ticket));
    expect(second).toEqual({ code: CloseCode.needsAuth, reason: 'ticket_used' });
    first.close();
  });

  it('stays shut for a forged ticket and for a foreign page', async () => {
    const ticket = await ticketFor(await tokenFor(await personNamed('Ann Adler')));
    expect((await closeOf(await openSocket(`${ticket}x`))).code).toBe(CloseCode.needsAuth);
    const foreign = await openSocket(ticket, { origin: 'https://evil.test' });
    expect(await closeOf(foreign)).toEqual({ code: CloseCode.forbidden, reason: 'origin_refused' });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.test' }],
    ['another audience', { aud: 'something else' }],
    ['an end in the past', { exp: Math.floor(Date.now() / 1000) - 10 }],
    ['a subject that is no person’s id', { sub: 'admin' }],
  ])('refuses a token of %s', async (_, claims) => {
    const token = await tokenFor(await personNamed('Ann Adler'), claims);
    const answer = await request('/sync/ticket', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });

  it('takes in no request of more than a megabyte', async () => {
    const body = JSON.stringify({ scopes: Array.from({ length: 10_000 }, () => 'x'.repeat(190)), clientIds: [] });
    const answer = await request('/sync/snapshot', { method: 'POST', body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: 'body_too_large' } });
  });

  it('closes a socket that says something else than the protocol', async () => {
    const { client } = await live('Ann Adler');
    const closed = closeOf(client.socket);
    client.socket.send('{"type":"sudo"}');
    expect((await closed).code).toBe(CloseCode.protocol);
  });

  it('tells its health', async () => {
    expect(await (await request('/api/health')).json()).toMatchObject({
      healthy: true,
      replication: { state: 'following' },
    });
  });
});
