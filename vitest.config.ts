import { defineConfig } from 'vitest/config';

const slow = ['**/*.pg.test.ts', '**/*.worker.test.ts', '**/*.browser.test.ts'];
const elsewhere = ['**/node_modules/**', '**/dist/**', '**/.vibestack/**'];
const postgres = 'packages/dev-postgres/src/vitest-setup.ts';

/** One suite, four speeds: `unit` needs nothing, `pg` a Postgres, `worker` also workerd, `browser` also Chromium. */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      { test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...elsewhere, ...slow], testTimeout: 60_000 } },
      {
        test: {
          name: 'pg',
          include: ['**/*.pg.test.ts'],
          exclude: elsewhere,
          globalSetup: postgres,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      'packages/server/vitest.worker.config.ts',
      {
        test: {
          name: 'browser',
          include: ['**/*.browser.test.ts'],
          exclude: elsewhere,
          globalSetup: postgres,
          testTimeout: 120_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
