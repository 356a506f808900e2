import {
  ConnectionLostError,
  openPoll,
  openStream,
  pgSql,
  type ByteSocket,
  type ChangeSource,
  type Connect,
  type SourceOptions,
  type SqlPort,
} from '@vibestack/replication';

export interface FollowOptions extends SourceOptions {
  readonly startLsn: bigint;
  /** Large transactions come while they are open; a poll never has them so. */
  readonly streaming: boolean;
  /** Told of warnings that the server sends beside the changes. */
  readonly onNotice: (message: string) => void;
}

/** The database that is followed: how to ask it something, and how to have its changes. */
export interface FollowedDatabase {
  /** How changes come. */
  readonly kind: ChangeSource['kind'];
  /** A way to run SQL, of the caller's own. */
  sql(): SqlPort;
  follow(options: FollowOptions): Promise<ChangeSource>;
  /** Breaks all connections at once, without a word: the other side may be a black hole. */
  abandon(): void;
}

/** Followed through connections of our own. @param url  read anew at each connection: passwords are rotated */
export function connectedDatabase(kind: ChangeSource['kind'], connect: Connect, url: () => string): FollowedDatabase {
  const open = new Set<ByteSocket>();
  let abandoned = 0;
  const tracked: Connect = async (target) => {
    const before = abandoned;
    const socket = await connect(target);
    if (before === abandoned) return track(socket, open);
    await socket.close();
    throw new ConnectionLostError('The connection was given up while it was opened');
  };
  return {
    kind,
    sql: () => pgSql(tracked, url()),
    follow: async ({ startLsn, streaming, onNotice, ...source }) =>
      kind === 'stream'
        ? await openStream(tracked, url(), {
            ...source,
            startLsn,
            streaming,
            onNotice: ({ message }) => {
              onNotice(message);
            },
          })
        : openPoll(pgSql(tracked, url()), source),
    abandon() {
      abandoned++;
      for (const socket of open) void socket.close();
      open.clear();
    },
  };
}

/** Polled through a driver, such as Neon's over HTTP. @param sql  a new port each time */
export const polledDatabase = (sql: () => SqlPort): FollowedDatabase => {
  const open = new Set<SqlPort>();
  const port = () => {
    const made = sql();
    open.add(made);
    return made;
  };
  return {
    kind: 'poll',
    sql: port,
    follow: (source) => Promise.resolve(openPoll(port(), source)),
    abandon() {
      for (const made of open) void made.close();
      open.clear();
    },
  };
};

function track(socket: ByteSocket, open: Set<ByteSocket>): ByteSocket {
  const tracked: ByteSocket = {
    ...socket,
    read: () => socket.read(),
    write: (bytes) => socket.write(bytes),
    async startTls() {
      open.delete(tracked);
      return track(await socket.startTls(), open);
    },
    async close() {
      open.delete(tracked);
      await socket.close();
    },
  };
  open.add(tracked);
  return tracked;
}
