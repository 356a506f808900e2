import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startStack, type Stack } from '@repo/scripts/stack';
import { Visitor, launchChromium } from './browser.ts';
import { Network } from './network.ts';

let stateDir: string;
let database: TestDatabase;
let stack: Stack;
let browser: Browser;
let network: Network;
const visitors: Visitor[] = [];

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'vibestack-e2e-'));
  database = await createTestDatabase(inject('postgresUrl'));
  stack = await startStack({ stateDir, databaseUrl: database.url, port: 0, size: 'small' });
  network = await Network.to(Number(new URL(stack.url).port));
  browser = await launchChromium();
});

afterEach(async () => {
  network.restore();
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
});

afterAll(async () => {
  await browser.close();
  await network.close();
  await stack.stop();
  await database.drop();
  rmSync(stateDir, { recursive: true, force: true });
});

const visit = async (name: string): Promise<Visitor> => {
  const visitor = await Visitor.signIn(browser, network.url, name);
  visitors.push(visitor);
  return visitor;
};

const titleOf = async (id: string): Promise<string | undefined> =>
  (await database.sql<{ title: string }[]>`select title from task where id = ${id}`)[0]?.title;

const SHARED = 'Mobile Onboarding';

describe('two people in two browsers', () => {
  it('see an edit of one at the other, and a plain SQL update at both', async () => {
    const [ann, bob] = await Promise.all([visit('Ann Adler'), visit('Bob Brandt')]);
    await Promise.all([ann.openProject(SHARED), bob.openProject(SHARED)]);
    const id = await ann.firstTask();
    await ann.rename(id, 'Edited by Ann');
    await ann.sees(id, 'Edited by Ann');
    await bob.sees(id, 'Edited by Ann');
    await ann.untilSettled();
    expect(await titleOf(id)).toBe('Edited by Ann');

    await database.sql`update task set title = 'Changed in Postgres' where id = ${id}`;
    await Promise.all([ann.sees(id, 'Changed in Postgres'), bob.sees(id, 'Changed in Postgres')]);
  });

  it('see exactly the rows of their own projects', async () => {
    const [ann, bob] = await Promise.all([visit('Ann Adler'), visit('Bob Brandt')]);
    for (const [visitor, name] of [
      [ann, 'Ann Adler'],
      [bob, 'Bob Brandt'],
    ] as const) {
      const mine = await database.sql<{ name: string; tasks: number }[]>`
        select p.name, (select count(*)::int from task t where t.project_id = p.id) as tasks
        from project p join member m on m.project_id = p.id join person u on u.id = m.user_id
        where u.name = ${name} order by p.name`;
      await expect.poll(() => visitor.projects()).toEqual(['All tasks', ...mine.map((project) => project.name)]);
      await expect.poll(() => visitor.taskCount()).toBe(mine.reduce((sum, { tasks }) => sum + tasks, 0));
    }
    expect(await ann.projects()).not.toEqual(await bob.projects());
  });

  it('gain and lose a project while they look', async () => {
    const bob = await visit('Bob Brandt');
    const [project] = await database.sql<{ id: string; name: string }[]>`
      select p.id, p.name from project p where not exists (
        select from member m join person u on u.id = m.user_id where m.project_id = p.id and u.name = 'Bob Brandt')
      order by p.name limit 1`;
    expect(project).toBeDefined();
    const [member] = await database.sql<{ id: string }[]>`
      insert into member (id, project_id, user_id, role, display_name)
      select gen_random_uuid(), ${project?.id ?? ''}, id, 'viewer', name from person where name = 'Bob Brandt' returning id`;
    const entry = bob.page.getByTestId('projects').getByText(project?.name ?? '', { exact: true });
    await entry.waitFor({ timeout: 20_000 });
    await database.sql`delete from member where id = ${member?.id ?? ''}`;
    await entry.waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('are told when a change is refused, and see the server’s value again', async () => {
    const bob = await visit('Bob Brandt');
    await bob.openProject(SHARED);
    const id = await bob.firstTask();
    const before = await titleOf(id);
    const demote = (role: string) => database.sql`
      update member m set role = ${role} from person u, project p
      where u.id = m.user_id and p.id = m.project_id and u.name = 'Bob Brandt' and p.name = ${SHARED}`;
    await demote('viewer');
    await bob.rename(id, 'Not allowed');
    await bob.page.getByRole('alert').getByText('A change was not accepted.').waitFor({ timeout: 20_000 });
    await bob.sees(id, before ?? '');
    expect(await titleOf(id)).toBe(before);
    await demote('editor');
  });
});

describe('a person without a network', () => {
  it('goes on reading and writing, also after a reload, and what they wrote arrives later', async () => {
    const [ann, bob] = await Promise.all([visit('Ann Adler'), visit('Bob Brandt')]);
    await Promise.all([ann.openProject(SHARED), bob.openProject(SHARED)]);
    const id = await ann.firstTask();
    const [tasks] = await database.sql<{ n: number }[]>`
      select count(*)::int as n from task t join project p on p.id = t.project_id where p.name = ${SHARED}`;
    const count = tasks?.n ?? 0;
    await expect.poll(() => ann.taskCount()).toBe(count);
    await ann.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await ann.page.reload(); // everything passes the service worker once
    await ann.untilPhase('live');
    await ann.openProject(SHARED);

    network.cut();
    await ann.untilPhase('offline');
    await ann.rename(id, 'Renamed on the train');
    await ann.sees(id, 'Renamed on the train');
    await ann.page.reload();
    await ann.openProject(SHARED);
    await ann.sees(id, 'Renamed on the train');
    const added = await ann.addTask('Written on the train');
    await expect.poll(() => ann.taskCount()).toBe(count + 1);
    expect(await titleOf(id)).not.toBe('Renamed on the train');

    network.restore();
    await ann.untilSettled();
    expect(await titleOf(id)).toBe('Renamed on the train');
    expect(await titleOf(added)).toBe('Written on the train');
    await bob.sees(id, 'Renamed on the train');
    await bob.sees(added, 'Written on the train');
  });
});

describe('a request without a good token', () => {
  const post = (path: string, token?: string) =>
    fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ scopes: ['global'], clientIds: [] }),
    });

  it.each(['/sync/ticket', '/sync/snapshot'])('is refused by %s', async (path) => {
    const [ann] = await database.sql<{ id: string }[]>`select id from person where name = 'Ann Adler'`;
    const token = await stack.issuer.token(ann?.id ?? '');
    expect((await post(path, token)).status).toBe(200);
    expect((await post(path)).status).toBe(401);
    const [head, body, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: crypto.randomUUID() })).toString('base64url');
    expect((await post(path, [head, forged, signature].join('.'))).status).toBe(401);
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect((await post(path, `${none}.${body ?? ''}.`)).status).toBe(401);
  });
});
