import { fileURLToPath } from 'node:url';
import { cloudflare } from '@cloudflare/vite-plugin';
import { forge } from '@vibestack/dataforge/vite';
import react from '@vitejs/plugin-react';

import { defineConfig } from 'vite';

const vars = JSON.parse(process.env['VIBESTACK_WORKER_VARS'] ?? '{}') as Record<string, string>;
const state = process.env['VIBESTACK_WORKER_STATE'];

/** Cross-origin isolation, in development as in production (public/_headers). */
const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

export default defineConfig({
  plugins: [
    react(),
    forge({
      schemaDir: fileURLToPath(new URL('../../packages/schema', import.meta.url)),
      databaseUrl: vars['DATABASE_DIRECT_URL'] ?? null,
    }),
    cloudflare({
      configPath: '../server/wrangler.jsonc',
      ...(state === undefined ? {} : { persistState: { path: state } }),
      config: (config) => ({ vars: { ...config.vars, ...vars } }),
      inspectorPort: false,
    }),
  ],
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  // Its files are found beside it by URL, which bundling into Vite's cache would break.
  optimizeDeps: { exclude: ['@electric-sql/pglite'] },
  build: { target: 'es2023' },
});
