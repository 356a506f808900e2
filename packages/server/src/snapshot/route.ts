import { connect } from '@vibestack/replication/workerd';
import { PgConnection } from '@vibestack/replication';
import type { SnapshotRequest, SyncSchema } from '@vibestack/sync-types';
import { Hono } from 'hono';
import { z } from 'zod';
import { authenticated, type AppTypes } from '../app/auth.ts';
import { HttpError } from '../app/errors.ts';
import { log } from '../app/logging.ts';
import { directUrl } from '../database/config.ts';
import { replicationStub } from '../replication-do/index.ts';
import { writeSnapshot } from './write-snapshot.ts';

const request = z.strictObject({
  scopes: z.array(z.string().min(1).max(200)).min(1).max(20_000),
  clientIds: z.array(z.uuid()).max(100),
}) as unknown as z.ZodType<SnapshotRequest>;

/** `POST /sync/snapshot`: the rows of some scopes as frames of COPY text (`snapshot.ts` of sync-types). */
export const snapshotRoute = (schema: SyncSchema) =>
  new Hono<AppTypes>().post('/snapshot', authenticated, async (c) => {
    const parsed = request.safeParse(await c.req.json().catch(() => null));
    if (!parsed.success) throw new HttpError(400, 'bad_request', z.prettifyError(parsed.error));
    const { epoch } = await replicationStub(c.env).ready();
    if (epoch === null) throw new HttpError(503, 'replication_unavailable', 'The change stream is not running yet.');
    const url = directUrl(c.env);
    const nonce = crypto.randomUUID();
    await replicationStub(c.env).hold(nonce);
    const reader = await PgConnection.open(connect, url);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const work = writeSnapshot(writable, {
      schema,
      reader,
      marker: () => PgConnection.open(connect, url),
      userId: c.get('identity').userId,
      request: parsed.data,
      epoch,
      nonce,
    }).catch((error: unknown) => {
      // The body is aborted: a client must not show what has no end frame, and asks again.
      log('warn', 'snapshot.failed', { nonce, error: error instanceof Error ? error.message : String(error) });
    });
    c.executionCtx.waitUntil(work);
    return new Response(readable, {
      headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' },
    });
  });
