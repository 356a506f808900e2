import type { Epoch } from './lsn.ts';
import type { MutationResult } from './changes.ts';
import type { ScopeKey } from './schema.ts';

/**
 * The body of `POST /sync/snapshot`: a sequence of frames, each a 1-byte kind, a 4-byte big-endian length and a payload.
 *
 * `start` (JSON), then per table in foreign-key order `table` (JSON) followed by any number of `rows` (COPY text, cut
 * anywhere), then `end` (JSON). A body without `end` is broken off and must not be shown.
 */
export const FrameKind = { start: 1, table: 2, rows: 3, end: 4, error: 5 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface SnapshotRequest {
  readonly scopes: readonly ScopeKey[];
  readonly clientIds: readonly string[];
}

export interface SnapshotStart {
  readonly epoch: Epoch;
  /** What was asked for and may be seen. */
  readonly scopes: readonly ScopeKey[];
  /** Estimated rows over all tables, for a progress bar. */
  readonly estimatedRows: number;
}

export interface SnapshotTable {
  readonly table: string;
  /** Column order of the COPY text that follows. */
  readonly columns: readonly string[];
}

export interface SnapshotEnd {
  /** Names this snapshot; the client sends it back in `staged`. */
  readonly nonce: string;
  readonly rows: number;
  /** The client's own mutation results that the snapshot sees (SEMANTICS 3.4). */
  readonly results: readonly MutationResult[];
}

export function encodeFrame(kind: FrameKind, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + payload.length);
  frame[0] = kind;
  new DataView(frame.buffer).setUint32(1, payload.length);
  frame.set(payload, 5);
  return frame;
}

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

/** Cuts a byte stream into frames; chunks may end anywhere. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    let buffer = chunk;
    if (rest.length > 0) {
      buffer = new Uint8Array(rest.length + chunk.length);
      buffer.set(rest);
      buffer.set(chunk, rest.length);
    }
    let at = 0;
    while (buffer.length - at >= 5) {
      const length = new DataView(buffer.buffer, buffer.byteOffset + at).getUint32(1);
      if (buffer.length - at - 5 < length) break;
      yield { kind: buffer[at] as FrameKind, payload: buffer.subarray(at + 5, at + 5 + length) };
      at += 5 + length;
    }
    rest = buffer.slice(at);
  }
  if (rest.length > 0) throw new Error(`Snapshot body broke off inside a frame (${rest.length} bytes left)`);
}
