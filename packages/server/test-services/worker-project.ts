import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** The suites inside workerd, with changes that come in one of the two ways. */
export const workerProject = (name: string, source: 'stream' | 'poll') =>
  defineConfig({
    plugins: [
      cloudflareTest(({ inject }) => ({
        wrangler: { configPath: './wrangler.test.jsonc' },
        miniflare: {
          bindings: {
            DATABASE_URL: inject('databaseUrl'),
            REPLICATION_SOURCE: source,
            // Slots are of the whole server, and the projects share one.
            REPLICATION_SLOT: `vibestack_${source}`,
            POLL_MAX_MS: '500',
            AUTH_ISSUER: 'https://issuer.test',
            AUTH_AUDIENCE: 'vibestack',
            AUTH_JWKS_URL: inject('issuerUrl'),
            TICKET_SECRET: 'a secret of the tests, long enough for anybody',
            ISSUER_URL: inject('issuerUrl'),
          },
        },
      })),
    ],
    test: {
      name,
      include: ['src/**/*.worker.test.ts'],
      globalSetup: './test-services/global-setup.ts',
      // One slot, so one object at a time.
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  });
