import type { ErrorPayload, Plugin, ViteDevServer } from 'vite';
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
  let problem: Refused | null = null;
  return {
    name: 'vibestack:forge',
    apply: 'serve',
    configureServer(server) {
      const stop = watchSources({
        schemaDir,
        onChange: async () => {
          const result = await regenerate({ schemaDir, url: databaseUrl });
          const hadProblem = problem !== null;
          problem = result.ok ? null : result;
          if (result.ok) tellResult(server, result, hadProblem);
          else {
            server.config.logger.error(`\n  ${result.title}\n  fix: ${result.fix}\n`);
            showProblem(server, result);
          }
        },
      });
      // A page that was reloaded, by what was written beside the problem, is told again.
      server.ws.on('connection', () => {
        if (problem) showProblem(server, problem);
      });
      server.httpServer?.once('close', () => void stop());
    },
    /** An update takes the message from the page, but not what it is about. */
    hotUpdate() {
      const { environment } = this;
      setTimeout(() => {
        if (problem) environment.hot.send(overlayOf(problem));
      }, AFTER_UPDATE);
    },
  };
}

type Refused = Extract<Regenerated, { ok: false }>;

/** Milliseconds after which the page has taken an update. */
const AFTER_UPDATE = 300;

const overlayOf = ({ title, fix }: Refused): ErrorPayload => ({
  type: 'error',
  err: { plugin: 'forge', message: `${title}\n\n${fix}`, stack: '' },
});

const showProblem = (server: ViteDevServer, problem: Refused): void => {
  server.ws.send(overlayOf(problem));
};

function tellResult(
  server: ViteDevServer,
  { written, migrated }: Extract<Regenerated, { ok: true }>,
  hadProblem: boolean,
): void {
  const { logger } = server.config;
  if (written.length > 0) logger.info(`  forge wrote ${written.join(', ')}`);
  if (migrated.length > 0) logger.info(`  the database is at version ${migrated.at(-1)}`);
  if (written.length > 0 || migrated.length > 0 || hadProblem) server.ws.send({ type: 'full-reload' });
}
