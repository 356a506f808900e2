import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @returns null when no Chromium is installed in a usual place */
const findChromium = (): string | null => PLACES.find((path) => path !== undefined && existsSync(path)) ?? null;

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium: install it, or name it in CHROMIUM_PATH.');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A person at a browser of their own. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  /** Opens the page in a fresh browser profile and signs in. */
  static async signIn(browser: Browser, url: string, name: string): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    await page.goto(url);
    await page.getByRole('button', { name }).click();
    await visitor.untilPhase('live');
    return visitor;
  }

  async untilPhase(phase: string): Promise<void> {
    await this.page.locator(`.pill[data-phase="${phase}"]`).waitFor({ timeout: 60_000 });
  }

  /** All local writes have their result. */
  async untilSettled(): Promise<void> {
    await this.page.locator('.pill[data-phase="live"][data-pending="0"]').waitFor({ timeout: 60_000 });
  }

  async openProject(name: string): Promise<void> {
    await this.page.getByTestId('projects').getByText(name, { exact: true }).click();
  }

  async projects(): Promise<string[]> {
    return this.page.getByTestId('projects').locator('li span').allInnerTexts();
  }

  async taskCount(): Promise<number> {
    return Number(await this.page.getByTestId('task-count').getAttribute('data-count'));
  }

  task(id: string) {
    return this.page.locator(`li.task[data-id="${id}"]`);
  }

  async firstTask(): Promise<string> {
    return (await this.page.locator('li.task').first().getAttribute('data-id')) ?? '';
  }

  async rename(id: string, title: string): Promise<void> {
    await this.task(id).locator('button.editable').click();
    await this.task(id).locator('input.editable').fill(title);
    await this.page.keyboard.press('Enter');
  }

  async sees(id: string, title: string): Promise<void> {
    await this.task(id).locator('button.editable').getByText(title, { exact: true }).waitFor({ timeout: 20_000 });
  }

  async addTask(title: string): Promise<string> {
    await this.page.getByLabel('New task').fill(title);
    await this.page.keyboard.press('Enter');
    const row = this.page.locator('li.task', { hasText: title });
    await row.waitFor({ timeout: 20_000 });
    return (await row.getAttribute('data-id')) ?? '';
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
