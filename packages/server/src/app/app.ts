import type { SyncSchema } from '@vibestack/sync-types';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { ConfigError } from '../database/config.ts';
import { replicationStub } from '../replication-do/index.ts';
import { snapshotRoute } from '../snapshot/route.ts';
import type { AppTypes } from './auth.ts';
import { takeBody } from './body.ts';
import { HttpError } from './errors.ts';
import { log } from './logging.ts';
import { allowOrigins } from './origins.ts';
import { socketRoute, ticketRoute } from './socket.ts';

/** The HTTP side of the framework: a plain Hono app, to which an application adds its own routes. */
export function createApp(schema: SyncSchema): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use('/api/*', secureHeaders(), allowOrigins);
  app.use('/sync/*', allowOrigins, takeBody);

  app.get('/api/health', async (c) => {
    const replication = replicationStub(c.env);
    let status = await replication.status();
    if (status.state === 'stopped') status = await replication.ready();
    const { state, epoch, durable, problem } = status;
    const healthy = state === 'following' || state === 'draining' || state === 'resting';
    // What is wrong, by its code only: messages name hosts and roles.
    return c.json(
      { healthy, replication: { state, epoch, durable, problem: problem?.code ?? null } },
      healthy ? 200 : 503,
    );
  });
  app.get('/api/config', (c) => c.json({ issuer: c.env.AUTH_ISSUER, audience: c.env.AUTH_AUDIENCE }));
  app.route('/sync', ticketRoute());
  app.route('/sync', socketRoute());
  app.route('/sync', snapshotRoute(schema));

  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'There is nothing here.' } }, 404));
  app.onError((error, c) => {
    if (error instanceof HttpError) {
      return c.json({ error: { code: error.code, message: error.message } }, error.status);
    }
    log('error', 'http.failed', { path: new URL(c.req.url).pathname, error: error.message });
    if (error instanceof ConfigError) {
      return c.json({ error: { code: error.code, message: error.message } }, 500);
    }
    return c.json({ error: { code: 'server_error', message: 'The server could not do this now; try again.' } }, 500);
  });
  return app;
}
