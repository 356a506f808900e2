import type { TestDatabase } from '@vibestack/dev-postgres/testing';
import { PgoutputDecoder } from '../decoder.ts';
import type { PgoutputMessage } from '../messages.ts';

export interface PeekOptions {
  readonly protocol: 1 | 2;
  readonly binary?: boolean;
  /** Stream every change at once, instead of transactions that grow beyond 64 kB. */
  readonly immediately?: boolean;
}

/** Decodes all that a slot has, and leaves it there. */
export async function peek(database: TestDatabase, slot: string, options: PeekOptions): Promise<PgoutputMessage[]> {
  const { protocol, binary = false, immediately = false } = options;
  const session = await database.sql.reserve();
  try {
    await session`set logical_decoding_work_mem = '64kB'`;
    // Known from Postgres 16 on.
    if (immediately) await session`set debug_logical_replication_streaming = immediate`;
    const rows = await session<{ data: string }[]>`
      select encode(data, 'hex') as data from pg_logical_slot_peek_binary_changes(${slot}, null, null,
        'proto_version', ${String(protocol)}, 'streaming', ${protocol === 2 ? 'on' : 'off'}, 'messages', 'true',
        'binary', ${String(binary)}, 'publication_names', 'vibestack')`;
    const decoder = new PgoutputDecoder();
    return rows.map(({ data }) => decoder.decode(fromHex(data)));
  } finally {
    if (immediately) await session`reset debug_logical_replication_streaming`;
    session.release();
  }
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
