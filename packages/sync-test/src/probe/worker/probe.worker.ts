import { connect } from '@vibestack/replication/workerd';
import { decodeBodies, type LogPage } from '@vibestack/server/replication-do';
import type { Epoch, Lsn, ScopeKey } from '@vibestack/sync-types';
import type { LogKeys, Status } from './answers.ts';
import { drainDecoded, drainRaw, paced } from './drain.ts';
import { SCOPES } from './schema.ts';

export { ReplicationDO } from './replication-do.ts';
export { SyncDO } from './sync-do.ts';

interface Env {
  readonly DATABASE_URL: string;
  readonly REPLICATION_SLOT: string;
  readonly REPLICATION: DurableObjectNamespace;
  readonly SYNC: DurableObjectNamespace;
}

/** Of the engine's internal calls, those that are made here. */
interface Replication {
  ready(): Promise<Status>;
  status(): Promise<Status>;
  release(): Promise<void>;
  subscribe(group: string, scopes: readonly ScopeKey[]): Promise<void>;
  read(group: string, epoch: Epoch, from: Lsn, limit: number, within: number | null): Promise<LogPage | null>;
}

/** The name of the one SyncDO. */
const GROUP = 'probe';
/** Bytes of the log that are read at once. */
const PAGE = 4 * 1024 * 1024;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams: asked } = new URL(request.url);
    const replication = env.REPLICATION.getByName('probe') as unknown as Replication;
    switch (pathname) {
      case '/status':
        return Response.json(await replication.status());
      case '/ready':
        await replication.subscribe(GROUP, SCOPES);
        return Response.json(await replication.ready());
      case '/release':
        await replication.release();
        return Response.json({});
      case '/read':
        return Response.json(await read(replication, asked));
      case '/notified':
      case '/socket':
        return env.SYNC.getByName(GROUP).fetch(request);
      case '/drain': {
        const drain = asked.get('mode') === 'raw' ? drainRaw : drainDecoded;
        const slot = asked.get('slot') ?? '';
        const options = { url: env.DATABASE_URL, slot, publication: 'vibestack', count: Number(asked.get('count')) };
        const pause = Number(asked.get('pause'));
        return Response.json(await drain(pause > 0 ? paced(connect, pause) : connect, options));
      }
      default:
        return new Response(null, { status: 404 });
    }
  },
};

async function read(replication: Replication, asked: URLSearchParams): Promise<LogKeys | null> {
  const within = asked.get('within');
  const page = await replication.read(
    GROUP,
    asked.get('epoch') as Epoch,
    asked.get('from') as Lsn,
    PAGE,
    within === null ? null : Number(within),
  );
  if (page === null) return null;
  const transactions = decodeBodies(page.bodies)
    .filter(({ mark }) => mark === undefined)
    .map(({ lsn, xid, net, changes }) => ({ lsn, xid, isNet: net === true, ids: changes.map(({ k }) => Number(k)) }));
  return { to: page.to, more: page.more, within: page.within, transactions };
}
