import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as tcp, isIP, type Socket } from 'node:net';
import { connect as tls, TLSSocket } from 'node:tls';
import { UrlError } from '../errors.ts';
import type { ByteSocket, Connect, SocketTarget } from '../socket.ts';

/** Sockets of Node: for tools, tests and benchmarks. */
export const connect: Connect = async (target) => {
  const trusted = target.rootCertificate === undefined ? undefined : readCertificates(target.rootCertificate);
  const patience = new Patience(target.connectTimeout);
  const socket = tcp({ host: target.hostname, port: target.port, noDelay: true });
  await patience.during(socket, 'connect');
  return wrap(socket, target, trusted, patience);
};

/** Breaks the socket that it watches when the time is over. */
class Patience {
  #socket: Socket | null = null;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number | undefined) {
    if (seconds === undefined) return;
    this.#timer = setTimeout(() => {
      this.#socket?.destroy(new Error(`no answer within ${seconds} s`));
    }, seconds * 1000);
  }

  /** Waits for a socket's event. @throws the socket's error, or that the time is over */
  async during(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
    this.#socket = socket;
    try {
      await once(socket, event);
    } catch (error) {
      this.end();
      socket.on('error', () => undefined).destroy();
      throw error;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function wrap(socket: Socket, target: SocketTarget, trusted: string | undefined, patience: Patience): ByteSocket {
  let failure: Error | null = null;
  let wake: (() => void) | null = null;
  const signal = () => {
    wake?.();
    wake = null;
  };
  const fail = (error: Error) => {
    failure = error;
    signal();
  };
  socket.pause();
  socket.on('readable', signal).on('end', signal).on('close', signal).on('error', fail);
  return {
    async read() {
      for (;;) {
        if (failure) throw failure;
        const chunk = socket.read() as Uint8Array | null;
        if (chunk) return chunk;
        if (socket.readableEnded || socket.destroyed) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async write(bytes) {
      await new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    },
    async startTls() {
      socket.off('readable', signal).off('end', signal).off('close', signal).off('error', fail);
      const secure = tls({
        socket,
        host: target.hostname,
        // An address cannot be a server name (RFC 6066, section 3).
        ...(isIP(target.hostname) === 0 ? { servername: target.hostname } : {}),
        ...(trusted === undefined ? {} : { ca: trusted }),
      });
      await patience.during(secure, 'secureConnect');
      return wrap(secure, target, trusted, patience);
    },
    serverCertificate: () => (socket instanceof TLSSocket ? socket.getPeerCertificate().raw : null),
    established: () => {
      patience.end();
    },
    async close() {
      patience.end();
      socket.destroy();
      await Promise.resolve();
    },
  };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UrlError(`sslrootcert: the file ${path} cannot be read.`, { cause });
  }
}
