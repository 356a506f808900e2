import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath: './wrangler.test.jsonc' },
      miniflare: {
        bindings: {
          DATABASE_URL: inject('databaseUrl'),
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
    name: 'worker',
    include: ['src/**/*.worker.test.ts'],
    globalSetup: './test-services/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
