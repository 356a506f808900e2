import { defineConfig } from 'vitest/config';

const slow = ['**/*.pg.test.ts', '**/*.worker.test.ts', '**/*.browser.test.ts'];
const elsewhere = ['**/node_modules/**', '**/dist/**', '**/.vibestack/**'];
const postgres = 'packages/dev-postgres/src/vitest-setup.ts';
const oldestPostgres = 'packages/dev-postgres/src/oldest-vitest-setup.ts';

/**
 * One suite, four speeds: `unit` needs nothing, `pg` a Postgres, `worker` also workerd, `browser` also Chromium. What
 * depends on the version of Postgres runs a second time, on the oldest that is supported.
 */
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
      {
        test: {
          name: 'pg-oldest',
          include: ['packages/replication/**/*.pg.test.ts'],
          exclude: elsewhere,
          globalSetup: oldestPostgres,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      'packages/server/vitest.worker.config.ts',
      'packages/server/vitest.worker-poll.config.ts',
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
