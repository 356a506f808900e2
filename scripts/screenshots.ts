import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './dev/stack.ts';

/** Takes the README's pictures from the running product: `node scripts/screenshots.ts http://127.0.0.1:5173`. */
const [url = 'http://127.0.0.1:5173'] = process.argv.slice(2);
const images = join(ROOT, 'docs/images');
mkdirSync(images, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
for (const [name, viewport] of [
  ['desktop', { width: 1280, height: 760 }],
  ['phone', { width: 390, height: 760 }],
] as const) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Ann Adler' }).click();
  await page.locator('.pill[data-phase="live"]').waitFor({ timeout: 60_000 });
  await page.getByText('Mobile Onboarding', { exact: true }).first().click();
  await page.locator('li.task').nth(2).waitFor();
  if (name === 'desktop') await page.locator('li.task .open').nth(2).click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(images, `${name}.png`) });
  await context.close();
}
await browser.close();
