import { PgConnection, openStream, type Connect } from '@vibestack/replication';
import type { Drained } from './answers.ts';

/** Which slot, and how many inserts are waiting in it. */
export interface DrainOptions {
  readonly url: string;
  readonly slot: string;
  readonly publication: string;
  readonly count: number;
}

/**
 * Sockets that are read at intervals. A reader that waits at the socket is woken for nearly every row, and so is the
 * server; one that does something between two reads, as the log does with its disk, is given many rows at once.
 *
 * @param pause  milliseconds before each read
 */
export const paced =
  (connect: Connect, pause: number): Connect =>
  async (target) => {
    const socket = await connect(target);
    return {
      read: async () => {
        await new Promise((resolve) => setTimeout(resolve, pause));
        return socket.read();
      },
      write: (bytes) => socket.write(bytes),
      startTls: () => socket.startTls(),
      close: () => socket.close(),
    };
  };

const COPY_DATA = 0x64;
/** Where a pgoutput message begins in XLogData, and its letter for an insert. */
const [PAYLOAD, INSERT] = [25, 0x49];

/** Cuts the stream into messages and looks at one letter of each: what the connection alone can do. */
export async function drainRaw(connect: Connect, { url, slot, publication, count }: DrainOptions): Promise<Drained> {
  const connection = await PgConnection.open(connect, url, { replication: true });
  try {
    const channel = await connection.startCopyBoth(
      `START_REPLICATION SLOT "${slot}" LOGICAL 0/0 (proto_version '2', publication_names '"${publication}"', messages 'true', streaming 'on')`,
    );
    let [rows, bytes, reads] = [0, 0, 0];
    while (rows < count) {
      await channel.fill();
      reads++;
      for (let frame = channel.poll(); frame !== null; frame = channel.poll()) {
        bytes += frame.body.length;
        if (frame.type === COPY_DATA && frame.body[PAYLOAD] === INSERT) rows++;
      }
    }
    return { rows, bytes, reads };
  } finally {
    await connection.close();
  }
}

/** Reads the change source: every message decoded to a typed record. Nothing is acknowledged, so it can be read again. */
export async function drainDecoded(connect: Connect, { url, count, ...slot }: DrainOptions): Promise<Drained> {
  const source = await openStream(connect, url, slot);
  try {
    let [rows, bytes, reads] = [0, 0, 0];
    while (rows < count) {
      const batch = await source.read();
      bytes += batch.bytes;
      reads++;
      for (const message of batch.messages) if (message.kind === 'insert') rows++;
    }
    return { rows, bytes, reads };
  } finally {
    await source.close();
  }
}
