import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Visitor, launchChromium } from './browser.ts';
import { applyDiff, readGuide } from './guide.ts';
import { WorkspaceCopy } from './workspace-copy.ts';

let copy: WorkspaceCopy;
let database: TestDatabase;
let browser: Browser;
let url: string;

beforeAll(async () => {
  copy = WorkspaceCopy.make('add-an-entity');
  database = await createTestDatabase(inject('postgresUrl'));
  browser = await launchChromium();
  url = await copy.start(['--size', 'small', '--port', '0'], { DATABASE_URL: database.url });
});

afterAll(async () => {
  await browser.close();
  await copy.remove();
  await database.drop();
});

const blocks = readGuide('add-an-entity');
const [entity, component] = ['label.ts', 'labels.tsx'].map((name) => {
  const found = blocks.find(({ path }) => path.endsWith(name));
  if (!found) throw new Error(`The guide has no ${name}`);
  return found;
}) as [(typeof blocks)[number], (typeof blocks)[number]];
const later = blocks.find(({ language }) => language === 'sql')?.text ?? '';
const SHARED = 'Mobile Onboarding';

const typecheck = () => copy.run('node_modules/.bin/tsc', ['-b', 'apps/web']);
const tableThere = async () =>
  (await database.sql`select to_regclass('public.label') is not null as there`)[0]?.['there'] === true;

it('an entity of one file is in the database, typed in SQL, and on the page of whoever looks', async () => {
  const ann = await Visitor.signIn(browser, url, 'Ann Adler');
  await ann.openProject(SHARED);

  // Saving is the command: the development server generates and migrates.
  copy.write(entity.path, entity.text);
  await expect.poll(tableThere, { timeout: 60_000 }).toBe(true);
  await expect
    .poll(() => copy.exists('packages/schema/generated/client/entities/label.ts'), { timeout: 20_000 })
    .toBe(true);

  copy.write(component.path, component.text);
  for (const { path, text } of blocks.filter(({ language }) => language === 'diff')) {
    copy.write(path, applyDiff(copy.read(path), text));
  }
  await expect
    .poll(() => copy.read('packages/schema/generated/client/queries.ts'), { timeout: 60_000 })
    .toContain('row: { readonly id: string; readonly name: string; readonly color: string };');
  typecheck();
  // The command of the guide, which is for when nothing runs, has nothing left to do.
  const [, , ...command] = (blocks.find(({ language }) => language === 'bash')?.text ?? '').trim().split(' ');
  const forge = (...args: string[]) => copy.run(process.execPath, ['packages/dataforge/src/cli.ts', ...args]);
  expect(forge(...command)).toContain('Everything is up to date');
  expect(forge('check')).toContain('are what the entities say');

  const bob = await Visitor.signIn(browser, url, 'Bob Brandt');
  await bob.openProject(SHARED);
  await ann.page.reload();
  await ann.untilPhase('live');
  await ann.openProject(SHARED);
  await ann.page.getByLabel('New label').fill('Later');
  await ann.page.keyboard.press('Enter');
  await ann.page.locator('.tag', { hasText: 'Later' }).waitFor();
  await bob.page.locator('.tag', { hasText: 'Later' }).waitFor({ timeout: 30_000 });
  await expect
    .poll(async () => (await database.sql`select name from label`).map((row) => String(row['name'])))
    .toEqual(['Later']);

  await database.sql.unsafe(later);
  await ann.page.locator('.tag', { hasText: 'Urgent' }).waitFor({ timeout: 30_000 });
  await bob.page.locator('.tag', { hasText: 'Urgent' }).waitFor({ timeout: 30_000 });
});

it('a name that is not there is an error in the editor, on the command line, and over the page', async () => {
  const ann = await Visitor.signIn(browser, url, 'Ann Adler');
  copy.write(component.path, component.text.replace('select id, name,', 'select id, nam as name,'));
  expect(typecheck).toThrow('This SQL is not registered');
  await ann.page.locator('vite-error-overlay').waitFor({ state: 'attached', timeout: 60_000 });
  expect(await ann.page.locator('vite-error-overlay .message').innerText()).toContain('column "nam" does not exist');
  copy.write(component.path, component.text);
  await ann.page.locator('vite-error-overlay').waitFor({ state: 'detached', timeout: 60_000 });
});
