import type { Plugin, ViteDevServer } from 'vite';
import { regenerate, watchSources, type Regenerated } from '../watch/index.ts';

export interface ForgePluginOptions {
  /** The schema package. */
  readonly schemaDir: string;
  /** The development database, which is migrated along; null for none. */
  readonly databaseUrl: string | null;
}

/**
 * While the development server runs: a saved entity or query is generated, the local database migrated, and the page
 * reloaded; what is refused stands over the page with what to do. Nothing destructive is done without a yes on the
 * command line.
 *
 * @example plugins: [forge({ schemaDir: '../../packages/schema', databaseUrl: process.env.DATABASE_URL ?? null })]
 */
export function forge({ schemaDir, databaseUrl }: ForgePluginOptions): Plugin {
  return {
    name: 'vibestack:forge',
    apply: 'serve',
    configureServer(server) {
      let failed = false;
      const stop = watchSources({
        schemaDir,
        onChange: async () => {
          const result = await regenerate({ schemaDir, url: databaseUrl });
          tell(server, result, failed);
          failed = !result.ok;
        },
      });
      server.httpServer?.once('close', () => void stop());
    },
  };
}

function tell(server: ViteDevServer, result: Regenerated, failedBefore: boolean): void {
  const { logger } = server.config;
  if (!result.ok) {
    logger.error(`\n  ${result.title}\n  fix: ${result.fix}\n`);
    server.ws.send({
      type: 'error',
      err: { plugin: 'forge', message: `${result.title}\n\n${result.fix}`, stack: '' },
    });
    return;
  }
  if (result.written.length > 0) logger.info(`  forge wrote ${result.written.join(', ')}`);
  if (result.migrated.length > 0) logger.info(`  the database is at version ${result.migrated.at(-1)}`);
  const isNews = result.written.length > 0 || result.migrated.length > 0;
  if (isNews || failedBefore) server.ws.send({ type: 'full-reload' });
}
