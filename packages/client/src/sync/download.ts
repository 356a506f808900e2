import {
  FrameKind,
  readFrames,
  type ScopeKey,
  type SnapshotEnd,
  type SnapshotRequest,
  type SnapshotStart,
  type SnapshotTable,
} from '@vibestack/sync-types';
import type { StagedSnapshot } from '../store/index.ts';
import { HttpStatusError } from './http.ts';

export interface DownloadPorts {
  readonly fetch: typeof fetch;
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Rows so far, of about how many. */
  readonly onProgress: (rows: number, of: number) => void;
}

/**
 * Downloads a snapshot of some scopes.
 *
 * @throws {HttpStatusError} refused
 * @throws {Error} the body broke off
 */
export async function download(
  ports: DownloadPorts,
  scopes: readonly ScopeKey[],
  clientIds: readonly string[],
): Promise<StagedSnapshot> {
  const response = await ports.fetch(`${ports.url}/sync/snapshot`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ports.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scopes, clientIds } satisfies SnapshotRequest),
    signal: ports.signal,
  });
  if (!response.ok || !response.body) throw new HttpStatusError(response.status, 'The snapshot was refused');
  const json = (payload: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(payload));
  const tables: { table: string; columns: readonly string[]; chunks: Uint8Array[] }[] = [];
  let start: SnapshotStart | null = null;
  let end: SnapshotEnd | null = null;
  let rows = 0;
  for await (const { kind, payload } of readFrames(chunksOf(response.body))) {
    switch (kind) {
      case FrameKind.start:
        start = json(payload) as SnapshotStart;
        ports.onProgress(0, start.estimatedRows);
        break;
      case FrameKind.table:
        tables.push({ ...(json(payload) as SnapshotTable), chunks: [] });
        break;
      case FrameKind.rows:
        tables.at(-1)?.chunks.push(payload.slice());
        rows += countRows(payload);
        ports.onProgress(rows, start?.estimatedRows ?? rows);
        break;
      case FrameKind.end:
        end = json(payload) as SnapshotEnd;
        break;
      default:
        throw new Error(`Unknown kind of frame ${kind}`);
    }
  }
  if (!end) throw new Error('The snapshot broke off');
  return { nonce: end.nonce, results: end.results, scopes: start?.scopes ?? scopes, tables };
}

function countRows(text: Uint8Array): number {
  let rows = 0;
  for (const byte of text) if (byte === 10) rows++;
  return rows;
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
